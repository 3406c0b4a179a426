using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Joined;

namespace OrleansIngest.Storage.Disk;

/// <summary>Registers the disk as the media store.</summary>
public static class DiskServices
{
    /// <summary>
    /// Registers a <see cref="DiskMediaStore"/>, and an <see cref="IMediaStore"/> that also reads
    /// joined blobs from it.
    /// </summary>
    public static IServiceCollection AddDiskMediaStore(
        this IServiceCollection services, DiskMediaStoreOptions options) =>
        services
            .AddSingleton(provider =>
                new DiskMediaStore(options, provider.GetRequiredService<ILogger<DiskMediaStore>>()))
            .AddSingleton<IMediaStore>(provider =>
                new JoinedMediaStore(provider.GetRequiredService<DiskMediaStore>()));
}

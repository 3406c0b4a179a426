using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Joined;

namespace OrleansIngest.Storage.Disk;

/// <summary>Puts the disk behind the media store's port.</summary>
public static class DiskServices
{
    /// <summary>Registers a <see cref="DiskMediaStore"/> that can join blobs.</summary>
    public static IServiceCollection AddDiskMediaStore(this IServiceCollection services, DiskMediaStoreOptions options) => services
        .AddSingleton(provider => new DiskMediaStore(options, provider.GetRequiredService<ILogger<DiskMediaStore>>()))
        .AddSingleton<IMediaStore>(provider => new JoinedMediaStore(provider.GetRequiredService<DiskMediaStore>()));
}

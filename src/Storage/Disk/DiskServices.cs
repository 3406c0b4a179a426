using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk;

/// <summary>Puts the disk behind the media store's port.</summary>
public static class DiskServices
{
    /// <summary>Registers a <see cref="DiskMediaStore"/>.</summary>
    public static IServiceCollection AddDiskMediaStore(this IServiceCollection services, DiskMediaStoreOptions options) =>
        services.AddSingleton<IMediaStore>(provider => new DiskMediaStore(options, provider.GetRequiredService<ILogger<DiskMediaStore>>()));
}

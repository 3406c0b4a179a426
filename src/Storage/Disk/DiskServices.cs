using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk;

/// <summary>Puts the disk behind the media store's port.</summary>
public static class DiskServices
{
    /// <summary>Registers a <see cref="DiskMediaStore"/>.</summary>
    public static IServiceCollection AddDiskMediaStore(this IServiceCollection services, string folder, Durability durability) =>
        services.AddSingleton<IMediaStore>(_ => new DiskMediaStore(folder, durability));
}

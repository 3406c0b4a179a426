using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

/// <summary>Adds uploads to a host. The ports and the grain factory come from elsewhere.</summary>
public static class UploadHosting
{
    /// <summary>Adds <see cref="UploadService"/> and what it is made of.</summary>
    public static void AddUploads(this IServiceCollection services, UploadOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<IUploadNodes, SingleNode>();
        services.AddSingleton<BlobReclaimer>();
        services.AddSingleton<BlobClaims>();
        services.AddSingleton<JobClient>();
        services.AddSingleton<UploadExpiry>();
        services.AddSingleton<UploadContext>();
        services.AddSingleton<OpenUploads>();
        services.AddSingleton<EndedUploads>();
        services.AddSingleton<UploadService>();
        services.AddHostedService<UploadHousekeeping>();
    }
}

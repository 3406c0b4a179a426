using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Joined;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3;

/// <summary>Registers S3 as the media store.</summary>
public static class S3Services
{
    /// <summary>
    /// Registers an <see cref="S3MediaStore"/>, and an <see cref="IMediaStore"/> that also knows
    /// joined blobs. It needs an <see cref="IBlobPieces"/>, a <see cref="TimeProvider"/> and logs.
    /// </summary>
    public static IServiceCollection AddS3MediaStore(this IServiceCollection services, S3Options options) =>
        services
            .AddSingleton(provider => new S3MediaStore(
                options,
                provider.GetRequiredService<IBlobPieces>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<S3MediaStore>>()))
            .AddSingleton<IMediaStore>(provider =>
                new JoinedMediaStore(provider.GetRequiredService<S3MediaStore>()));
}

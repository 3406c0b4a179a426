using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Grains;
using OrleansIngest.Storage.Postgres;
using OrleansIngest.Storage.S3;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Silo;

/// <summary>
/// PostgreSQL for the journal and S3 for the bytes. Nothing that is acknowledged is on the machine
/// of the server, so another machine can take its place.
/// </summary>
internal static class ClusterStorage
{
    /// <summary>The name of Npgsql in Orleans' ADO.NET providers.</summary>
    private const string Invariant = "Npgsql";

    /// <summary>
    /// Adds the ports of the storage. PostgreSQL is connected to when the host starts.
    /// </summary>
    public static void AddClusterStorage(this IServiceCollection services, IngestOptions options)
    {
        services.AddSingleton(_ => new PostgresLock(Postgres(options)));
        services.AddHostedService<OnlyServer>(); // before anything opens the tables
        services.AddPostgresStorage(Postgres(options));
        services.AddS3MediaStore(S3(options));
    }

    /// <summary>Adds the storage of the grains' states.</summary>
    public static void AddClusterGrainStorage(this ISiloBuilder silo, IngestOptions options) =>
        silo.AddAdoNetGrainStorage(GrainStorage.Name, storage =>
        {
            storage.Invariant = Invariant;
            storage.ConnectionString = Postgres(options).OrleansConnectionString();
        });

    private static PostgresStorageOptions Postgres(IngestOptions options) => new()
    {
        ConnectionString = options.Postgres,
        Schema = options.PostgresSchema,
        Durability = options.Durability,
    };

    private static S3Options S3(IngestOptions options) => new()
    {
        Endpoint = options.S3Endpoint.Length == 0 ? null : new Uri(options.S3Endpoint),
        Region = options.S3Region,
        Bucket = options.S3Bucket,
        Prefix = options.S3Prefix,
        AccessKey = NullIfEmpty(options.S3AccessKey),
        SecretKey = NullIfEmpty(options.S3SecretKey),
        ForcePathStyle = options.S3PathStyle,
    };

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

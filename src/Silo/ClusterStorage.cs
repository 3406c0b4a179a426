using Microsoft.Extensions.DependencyInjection;
using OrleansIngest.Grains;
using OrleansIngest.Storage;
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
        services.AddHostedService<OnlyServer>();
        services.AddPostgresStorage(Postgres(options));
        services.AddS3MediaStore(S3(options));
    }

    /// <summary>
    /// Takes the storage for this server alone. Call it first: it makes the tables, if there are
    /// none.
    /// </summary>
    /// <exception cref="StorageException">
    /// The storage cannot be used; the message says what to do.
    /// </exception>
    public static async Task Take(IServiceProvider services)
    {
        await OnlyServer.Take(services.GetRequiredService<PostgresLock>());
        var deployment = services.GetRequiredService<IKeyStore>().ReadOrCreate(
            "deployment", () => Guid.NewGuid().ToString("N"));
        try
        {
            if (await services.GetRequiredService<S3MediaStore>().Claim(deployment) != deployment)
            {
                throw new StorageException(
                    "The bucket and prefix belong to another database: check Ingest:Postgres,"
                    + " Ingest:PostgresSchema, Ingest:S3Bucket and Ingest:S3Prefix.");
            }
        }
        catch (IOException e)
        {
            throw new StorageUnavailableException($"S3 cannot be used: {e.Message}", e);
        }
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

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Cluster;

/// <summary>
/// A real PostgreSQL and a real S3 server (Ceph) for the tests of a collection, started by the
/// scripts of <c>eng/</c>. Each deployment has a schema and a prefix of its own.
/// </summary>
public sealed class Engines : IAsyncLifetime
{
    private const string Bucket = "ingest";
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _settings = [];

    public async ValueTask InitializeAsync()
    {
        _settings["POSTGRES_DIR"] = _folder.File("postgres");
        _settings["POSTGRES_PORT"] = $"{Ports.Take()}";
        _settings["S3_DIR"] = _folder.File("s3");
        // It takes ten ports: behind those that tests take, and before those that the system gives
        // away.
        _settings["S3_PORT"] = $"{30_000 + (Environment.ProcessId % 270 * 10)}";
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001); // PostgreSQL runs as another user
        Keep(await Postgres("start"));
        Keep(await S3("start"));
        await S3("bucket", Bucket);
    }

    /// <summary>The options of the servers of a new deployment.</summary>
    public string[] NewDeployment()
    {
        var name = $"d{Guid.NewGuid():N}";
        return
        [
            $"Postgres={_settings["POSTGRES"]}", $"PostgresSchema={name}", $"S3Bucket={Bucket}", $"S3Prefix={name}/",
            $"S3Endpoint={_settings["S3_ENDPOINT"]}", $"S3AccessKey={_settings["S3_ACCESS_KEY"]}",
            $"S3SecretKey={_settings["S3_SECRET_KEY"]}",
        ];
    }

    /// <summary>
    /// The keys of all objects of a deployment, and of unfinished multipart uploads, without its
    /// prefix and without the mark that says whose it is.
    /// </summary>
    public async Task<IReadOnlyList<string>> Objects(IEnumerable<string> deployment)
    {
        const string Name = "S3Prefix=";
        var option = deployment.Single(option => option.StartsWith(Name, StringComparison.Ordinal));
        var prefix = option[Name.Length..].TrimEnd('/');
        var keys = (await S3("list", Bucket, prefix)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. keys.Select(key => key.Replace($"{prefix}/", "", StringComparison.Ordinal)).Where(key => key != "owner"),
        ];
    }

    /// <summary>Runs a verb of <c>eng/postgres</c>.</summary>
    public Task<string> Postgres(params string[] verb) => Run("postgres", verb);

    /// <summary>Runs a verb of <c>eng/s3</c>.</summary>
    public Task<string> S3(params string[] verb) => Run("s3", verb);

    public async ValueTask DisposeAsync()
    {
        await S3("stop");
        await Postgres("remove");
        _folder.Dispose();
    }

    private void Keep(string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _settings[line.Split('=')[0]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
    }

    private async Task<string> Run(string script, string[] arguments)
    {
        await using var process = new ChildProcess(
            Path.Combine(Paths.Engines, script), arguments, _folder.Path, environment: _settings);
        var code = await Eventually.Comes($"end of {script}", process.Ended, s_patience);
        Assert.True(code == 0, $"{script} {string.Join(' ', arguments)}: {process.Errors}");
        return process.Output;
    }
}

[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<Engines>
{
    public const string Name = "cluster";
}

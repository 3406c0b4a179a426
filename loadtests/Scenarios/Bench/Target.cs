using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>
/// The server under load: one that the load test starts, or one that is already running.
/// </summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly DataFolder? _data;
    private readonly IngestGateway? _gateway;

    private Target(Uri http, Uri grpc, DataFolder? data = null, IngestGateway? gateway = null) =>
        (Http, Grpc, _data, _gateway) = (http, grpc, data, gateway);

    /// <summary>A placeholder without a server, used while only the options are read.</summary>
    public static Target Nowhere { get; } = new(new("http://127.0.0.1"), new("http://127.0.0.1"));

    /// <summary>The address for HTTP/1.1.</summary>
    public Uri Http { get; }

    /// <summary>The address for gRPC.</summary>
    public Uri Grpc { get; }

    /// <summary>The server's process, if the load test started it.</summary>
    public int? Process => _gateway?.Process.Id;

    /// <summary>Starts a server, or uses the one that <c>--server</c> names.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="settings">The load test's own settings for a server that it starts.</param>
    public static Task<Target> Open(Options options, IEnumerable<string> settings) =>
        options.Server.Length > 0 ? Find(new(options.Server), options.Grpc) : Start(options.Durability, settings);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
            await _gateway.DisposeAsync();
        _data?.Dispose();
    }

    private static async Task<Target> Find(Uri http, string grpc)
    {
        using var client = new HttpClient();
        (await client.GetAsync(new Uri(http, "/readyz"))).EnsureSuccessStatusCode().Dispose();
        return new(http, new(grpc.Length > 0 ? grpc : $"http://{http.Host}:{http.Port + 1}"));
    }

    private static async Task<Target> Start(string durability, IEnumerable<string> settings)
    {
        var data = new DataFolder();
        try
        {
            var gateway = await IngestGateway.Start(data.Folder("data"), durability, core: null, settings);
            return new(gateway.Http, gateway.Grpc, data, gateway);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }
}

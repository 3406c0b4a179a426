using System.Collections.ObjectModel;

namespace OrleansIngest.LoadTests.Support;

/// <summary>The gateway of this build, on free ports of this machine.</summary>
public sealed class IngestGateway : IAsyncDisposable
{
    private IngestGateway(ServerProcess process, Uri http, Uri grpc) => (Process, Http, Grpc) = (process, http, grpc);

    /// <summary>The process of the gateway.</summary>
    public ServerProcess Process { get; }

    /// <summary>The address for HTTP/1.1: uploads, downloads, server-sent events.</summary>
    public Uri Http { get; }

    /// <summary>The address for gRPC, in cleartext.</summary>
    public Uri Grpc { get; }

    /// <summary>Starts the gateway and waits until it is ready.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="durability"><c>Disk</c> or <c>Process</c>.</param>
    /// <param name="core">The only core that the gateway may use; null for any.</param>
    /// <param name="options">
    /// Further options of docs/operations.md, such as <c>MaxConnections=20000</c>.
    /// </param>
    public static Task<IngestGateway> Start(
        string dataFolder, string durability, int? core = null, params IEnumerable<string> options) =>
        Start(dataFolder, durability, core, ReadOnlyDictionary<string, string>.Empty, options);

    /// <summary>Starts the gateway with further environment variables.</summary>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="durability"><c>Disk</c> or <c>Process</c>.</param>
    /// <param name="core">The only core that the gateway may use; null for any.</param>
    /// <param name="environment">
    /// Environment variables in addition to those of this process.
    /// </param>
    /// <param name="options">Further options of docs/operations.md.</param>
    public static async Task<IngestGateway> Start(
        string dataFolder, string durability, int? core, IReadOnlyDictionary<string, string> environment,
        params IEnumerable<string> options)
    {
        var (http, grpc) = (Free(), Free());
        string[] all =
        [
            $"DataDir={dataFolder}",
            $"Http={Origin(http)}",
            $"Grpc={Origin(grpc)}",
            $"Durability={durability}",
            .. options,
        ];
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string[] command = [dotnet, Paths.Gateway, .. all.Select(option => $"--Ingest:{option}")];
        return new(await ServerProcess.Start(command, new(http, "readyz"), core, environment), http, grpc);
    }

    /// <summary>Stops the gateway, and keeps its data.</summary>
    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static Uri Free() => new($"http://127.0.0.1:{Ports.Take()}");

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);
}

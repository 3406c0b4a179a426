using OrleansIngest.LoadTests.Compare.Client;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>@tus/server with its file store, on Node.js.</summary>
internal static class TusServer
{
    private const string Path = "/files";

    public static async Task<RunningPeer> Start(string folder)
    {
        var port = Ports.Take();
        var program = System.IO.Path.Combine(Paths.LoadTests, "Compare", "peers", "tus-server.mjs");
        var process = await ServerProcess.Start(
            ["node", program, port.ToString(), folder], new($"http://127.0.0.1:{port}{Path}"), Cores.Server);
        return new(process, port, new TusProtocol(() => Path));
    }
}

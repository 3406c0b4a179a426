using System.Net;
using System.Net.Sockets;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Sends commands to a running server over the socket of its data folder, as <c>./run COMMAND</c>
/// does, but without starting a process for each command.
/// </summary>
internal static class ControlSocket
{
    /// <summary>The path of a server's control socket.</summary>
    public static string Path(IngestServer server) => System.IO.Path.Combine(server.DataDir, "control.sock");

    /// <summary>Makes a server run a command.</summary>
    /// <param name="server">The server.</param>
    /// <param name="command">The command and its arguments, such as <c>sweep?grace=0</c>.</param>
    public static async Task<CommandAnswer> Run(IngestServer server, string command)
    {
        var handler = new SocketsHttpHandler { ConnectCallback = async (_, _) => await Connect(Path(server)) };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(5) };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://localhost/{command}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        response.TrailingHeaders.TryGetValues("obstacle", out var obstacle);
        return new CommandAnswer(
            int.Parse(response.TrailingHeaders.GetValues("exit-code").Single()),
            await response.Content.ReadAsStringAsync(),
            Uri.UnescapeDataString(obstacle?.Single() ?? ""));
    }

    private static async Task<Stream> Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new NetworkStream(socket, ownsSocket: true);
    }
}

/// <summary>The output of a command, and how it ended.</summary>
/// <param name="Code">The exit code.</param>
/// <param name="Text">All lines of output.</param>
/// <param name="Obstacle">Why the command could not be done, or empty.</param>
internal sealed record CommandAnswer(int Code, string Text, string Obstacle)
{
    /// <summary>The number after a name at the beginning of a line.</summary>
    public int Number(string name)
    {
        var line = Text.Split('\n').Single(line => line.StartsWith($"{name}: ", StringComparison.Ordinal));
        return int.Parse(line[(name.Length + 2)..].Split(' ')[0]);
    }
}

using System.Net;
using System.Net.Sockets;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Commands;

/// <summary>
/// Sends a command to a running server over the <see cref="ControlChannel"/> and prints the output.
/// </summary>
internal static class ControlClient
{
    /// <summary>Lets the server that uses a data folder run a command.</summary>
    /// <returns>The exit code; null if no server listens on the control socket.</returns>
    /// <exception cref="StorageException">
    /// The folder does not exist, or this user may not connect to the socket.
    /// </exception>
    public static async Task<int?> TryRun(CommandLine line, string dataFolder)
    {
        if (!Directory.Exists(dataFolder))
            throw new StorageException($"There is no folder {dataFolder}.");
        using var address = new ControlSocket(dataFolder);
        if (await address.TryConnect() is not { } socket)
            return null;
        using var client = ClientOf(socket);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, UrlOf(line))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return response.StatusCode == HttpStatusCode.NotFound
                ? Fail($"The server that uses {dataFolder} has another version and does not know this command.")
                : await Print(response);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Fail($"The server ended before it had done it ({e.Message.TrimEnd('.')}).");
        }
    }

    private static HttpClient ClientOf(Socket socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true)),
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static string UrlOf(CommandLine line)
    {
        var query = QueryString.Create(line.Arguments.Select(a => KeyValuePair.Create(a.Key, (string?)a.Value)));
        return $"http://localhost/{line.Command!.Name}{query}";
    }

    private static async Task<int> Print(HttpResponseMessage response)
    {
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
            Console.WriteLine(line);
        if (response.TrailingHeaders.TryGetValues(ControlChannel.Obstacle, out var obstacle))
            await Console.Error.WriteLineAsync(Uri.UnescapeDataString(obstacle.First()));
        return response.TrailingHeaders.TryGetValues(ControlChannel.ExitCode, out var code)
            ? int.Parse(code.First())
            : Fail("The server ended before it had done it.");
    }

    private static int Fail(string sentence)
    {
        Console.Error.WriteLine(sentence);
        return ControlChannel.Failed;
    }
}

using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Storm;

/// <summary>
/// Asks the server all the time for the offsets of uploads, independently of the devices.
/// </summary>
/// <param name="server">
/// The server, which is asked directly and not through the bad network.
/// </param>
/// <param name="promises">The uploads, and the promises that the server made about them.</param>
internal sealed class Prober(IngestServer server, Promises promises) : IAsyncDisposable
{
    private readonly PeriodicTimer _pace = new(TimeSpan.FromMilliseconds(5));
    private Task _asking = Task.CompletedTask;

    /// <summary>
    /// Starts to ask for one upload after the other, in random order, and more often for those that
    /// are under way.
    /// </summary>
    public void Start(Random dice) => _asking = AskAllTheTime(dice);

    /// <summary>Asks for each upload.</summary>
    public async Task AskForAll()
    {
        foreach (var location in promises.Locations)
            await Ask(location);
    }

    public async ValueTask DisposeAsync()
    {
        _pace.Dispose();
        await _asking;
    }

    private async Task AskAllTheTime(Random dice)
    {
        while (await _pace.WaitForNextTickAsync())
        {
            var locations = (dice.Next(4) == 0 ? promises.Locations : promises.Unfinished).ToArray();
            if (locations.Length > 0)
                await Ask(locations[dice.Next(locations.Length)]);
        }
    }

    private async Task Ask(string location)
    {
        var promised = promises.Least(location);
        try
        {
            using var answer = await Head(location);
            var offset =
                answer.Headers.TryGetValues("Upload-Offset", out var value) ? long.Parse(value.Single()) : (long?)null;
            if (promises.ToProber(location, (int)answer.StatusCode, offset, promised))
                await AskForMedia(location.Replace("/uploads/", "/media/", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // The server closed the connection, or is down; that breaks no promise. .NET throws the
            // bare exception when the server dies just after it accepted.
        }
    }

    private async Task AskForMedia(string media)
    {
        using var answer = await Head(media);
        promises.ToProber(media, (int)answer.StatusCode);
    }

    private Task<HttpResponseMessage> Head(string path) =>
        server.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, path) { Headers = { { "Tus-Resumable", "1.0.0" } } });
}

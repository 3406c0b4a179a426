using System.Net.ServerSentEvents;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Reads a feed of server-sent events.</summary>
internal static class ServerSentEvents
{
    /// <summary>
    /// All events except heartbeats: on a slow machine a feed may be silent for 15 s in the middle
    /// of any test.
    /// </summary>
    public static IAsyncEnumerable<SseItem<string>> Read(Stream body, CancellationToken cancellation = default) =>
        SseParser.Create(body).EnumerateAsync(cancellation).Where(e => e.EventType != "heartbeat");
}

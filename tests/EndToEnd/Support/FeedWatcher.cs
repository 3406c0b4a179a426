using System.Collections.Immutable;
using System.Text.Json;
using Google.Protobuf;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A dashboard in a process of its own (<c>node/watcher.mjs</c>). It watches one job or many with
/// the real grpc-js.
/// </summary>
public sealed class FeedWatcher : IAsyncDisposable
{
    private readonly ChildProcess _node;
    private ImmutableList<ActivityEvent> _events = [];
    private int _streams;

    private FeedWatcher(string server, string options) =>
        _node = new ChildProcess("node", ["watcher.mjs", server, options], Paths.Node, Line);

    /// <summary>
    /// All messages so far, progress included. Heartbeats are left out: on a slow machine a feed
    /// may be silent for 15 s in the middle of any test.
    /// </summary>
    public ImmutableList<ActivityEvent> Everything => _events;

    /// <summary>The events so far.</summary>
    public IReadOnlyList<ActivityEvent> Events => [.. _events.Where(e => e.Seq > 0)];

    /// <summary>How many streams have begun.</summary>
    public int Streams => _streams;

    /// <summary>Why the watcher gave up, if it did.</summary>
    public GrpcFailure? Failure { get; private set; }

    /// <summary>Ends when the watcher has seen all that it wanted, or has given up.</summary>
    public Task<int> Ended => _node.Ended;

    /// <summary>Starts to watch a job.</summary>
    /// <param name="server">The server.</param>
    /// <param name="job">The job's key.</param>
    /// <param name="after">
    /// The last event that the watcher has; null to begin at the first event.
    /// </param>
    /// <param name="progress">Whether to receive progress messages.</param>
    /// <param name="slow">Whether to take an event only at each <see cref="Next"/>.</param>
    /// <param name="until">End after so many media have ended.</param>
    public static Task<FeedWatcher> Start(
        IngestServer server, string job, Position? after = null, bool progress = false, bool slow = false,
        int? until = null) =>
        Start(server.Grpc, job, after, progress, slow, until);

    /// <summary>Starts to watch a job at a host and port, or at an https URL.</summary>
    public static async Task<FeedWatcher> Start(
        string address, string job, Position? after = null, bool progress = false, bool slow = false, int? until = null)
    {
        await NodePackages.Ready;
        var watched = new[] { Watched((job, after)) };
        var options = new { watched, progress, slow, until = until ?? int.MaxValue };
        return new FeedWatcher(address, JsonSerializer.Serialize(options));
    }

    /// <summary>Starts to watch many jobs on one stream.</summary>
    /// <param name="server">The server.</param>
    /// <param name="jobs">
    /// The keys of the jobs, and the last event that the watcher has of each.
    /// </param>
    /// <param name="all">Whether to receive the rows of all jobs.</param>
    public static async Task<FeedWatcher> StartMany(
        IngestServer server, IEnumerable<(string Job, Position? After)> jobs, bool all = false)
    {
        await NodePackages.Ready;
        return new FeedWatcher(
            server.Grpc, JsonSerializer.Serialize(new { many = true, watched = jobs.Select(Watched), jobs = all }));
    }

    /// <summary>The position of an event.</summary>
    public static Position PositionOf(ActivityEvent e) => new() { Seq = e.Seq, Checksum = e.Checksum };

    /// <summary>The first event of a job. The event must exist already.</summary>
    public static async Task<ActivityEvent> First(IngestServer server, string job)
    {
        await using var watcher = await Start(server, job);
        await watcher.Sees("the first event", e => e.Seq == 1);
        return watcher.Events[0];
    }

    /// <summary>Makes a slow watcher take one more event.</summary>
    public Task Next() => _node.Say("next");

    /// <summary>Makes a slow watcher take all events from now on.</summary>
    public Task Hurry() => _node.Say("hurry");

    /// <summary>Waits until the watcher has seen a message.</summary>
    public Task Sees(string what, Func<ActivityEvent, bool> isIt) =>
        Eventually.True($"the watcher saw {what}", () => _events.Any(isIt));

    /// <summary>Waits until so many streams have begun.</summary>
    public Task Watches(int times = 1) => Eventually.True("the watcher watches", () => _streams >= times);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static object Watched((string Job, Position? After) watched) => watched.After is { } after
        ? new { job = watched.Job, after = new { seq = after.Seq, checksum = after.Checksum } }
        : new { job = watched.Job };

    private void Add(ActivityEvent e)
    {
        if (e.Heartbeat is null)
            _events = _events.Add(e);
    }

    private void Line(string line)
    {
        var said = JsonDocument.Parse(line).RootElement;
        if (said.TryGetProperty("event", out var e))
            Add(JsonParser.Default.Parse<ActivityEvent>(e.GetRawText()));
        else if (said.TryGetProperty("failure", out var failure))
            Failure = failure.Deserialize<GrpcFailure>(JsonSerializerOptions.Web);
        else
            Interlocked.Increment(ref _streams);
    }
}

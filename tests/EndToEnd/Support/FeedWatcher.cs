using System.Collections.Immutable;
using System.Text.Json;
using Google.Protobuf;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A dashboard in a process of its own (<c>node/watcher.mjs</c>): watches a job, or many, with the real grpc-js.</summary>
public sealed class FeedWatcher : IAsyncDisposable
{
    private readonly ChildProcess _node;
    private ImmutableList<ActivityEvent> _events = [];
    private int _streams;

    private FeedWatcher(string server, string options) =>
        _node = new ChildProcess("node", ["watcher.mjs", server, options], Paths.Node, Line);

    /// <summary>All that came, hints included, but for heartbeats: a slow machine may be silent for 15 s in the middle of any test.</summary>
    public ImmutableList<ActivityEvent> Everything => _events;

    /// <summary>The facts that came.</summary>
    public IReadOnlyList<ActivityEvent> Events => [.. _events.Where(e => e.Seq > 0)];

    /// <summary>How often a stream began.</summary>
    public int Streams => _streams;

    /// <summary>Why it gave up, if it did.</summary>
    public GrpcFailure? Failure { get; private set; }

    /// <summary>Ends when it has seen all it wanted, or given up.</summary>
    public Task<int> Ended => _node.Ended;

    /// <summary>Watches a job.</summary>
    /// <param name="server">The server.</param>
    /// <param name="job">The job's key.</param>
    /// <param name="after">The last event that it has; null to begin at the first.</param>
    /// <param name="progress">Also take hints.</param>
    /// <param name="slow">Take an event only at each <see cref="Next"/>.</param>
    /// <param name="until">End by itself when so many media have ended.</param>
    public static Task<FeedWatcher> Start(
        IngestServer server, string job, Position? after = null, bool progress = false, bool slow = false, int? until = null) =>
        Start(server.Grpc, job, after, progress, slow, until);

    /// <summary>As the other, at a host and port, or at a URL with https.</summary>
    public static async Task<FeedWatcher> Start(
        string address, string job, Position? after = null, bool progress = false, bool slow = false, int? until = null)
    {
        await NodePackages.Ready;
        var watched = new[] { Watched((job, after)) };
        var options = new { watched, progress, slow, until = until ?? int.MaxValue };
        return new FeedWatcher(address, JsonSerializer.Serialize(options));
    }

    /// <summary>Watches many jobs on one stream.</summary>
    /// <param name="server">The server.</param>
    /// <param name="jobs">The jobs' keys, and the last event that it has of each.</param>
    /// <param name="all">Also hear of all jobs.</param>
    public static async Task<FeedWatcher> StartMany(IngestServer server, IEnumerable<(string Job, Position? After)> jobs, bool all = false)
    {
        await NodePackages.Ready;
        return new FeedWatcher(server.Grpc, JsonSerializer.Serialize(new { many = true, watched = jobs.Select(Watched), jobs = all }));
    }

    /// <summary>Where an event is.</summary>
    public static Position PositionOf(ActivityEvent e) => new() { Seq = e.Seq, Checksum = e.Checksum };

    /// <summary>The first event of a job, which is there already.</summary>
    public static async Task<ActivityEvent> First(IngestServer server, string job)
    {
        await using var watcher = await Start(server, job);
        await watcher.Sees("the first event", e => e.Seq == 1);
        return watcher.Events[0];
    }

    /// <summary>Lets a slow watcher take one more event.</summary>
    public Task Next() => _node.Say("next");

    /// <summary>A slow watcher is slow no more.</summary>
    public Task Hurry() => _node.Say("hurry");

    /// <summary>Waits until it has seen something.</summary>
    public Task Sees(string what, Func<ActivityEvent, bool> isIt) =>
        Eventually.True($"the watcher saw {what}", () => _events.Any(isIt));

    /// <summary>Waits until its (first, second, …) stream has begun.</summary>
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

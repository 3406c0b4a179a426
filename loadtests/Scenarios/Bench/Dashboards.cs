using OrleansIngest.LoadTests.Scenarios.Client;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>The office: watchers of jobs, each of which must see every event in order.</summary>
internal sealed class Dashboards(ActivityFeed.ActivityFeedClient feed, Jobs.JobsClient jobs) : IAsyncDisposable
{
    private readonly List<FeedWatcher> _watchers = [];

    /// <summary>Opens another watcher, which watches when this method returns.</summary>
    /// <param name="job">The key of the job.</param>
    /// <param name="seen">Called with each event.</param>
    public async Task Open(string job, Action<ActivityEvent> seen)
    {
        var watcher = new FeedWatcher(feed, job, seen);
        _watchers.Add(watcher);
        await watcher.Started;
    }

    /// <summary>Events that watchers missed or saw out of order.</summary>
    public IReadOnlyCollection<string> Wrong { get; private set; } = [];

    /// <summary>The number of watchers that saw everything.</summary>
    public int Right => _watchers.Count - Wrong.Count;

    /// <summary>Waits until each watcher has seen all events.</summary>
    public async Task Check()
    {
        var wrong = new List<string>();
        foreach (var job in _watchers.GroupBy(watcher => watcher.Job))
        {
            var head = (await jobs.GetJobAsync(new GetJobRequest { Job = job.Key })).AsOf.Seq;
            wrong.AddRange((await Task.WhenAll(job.Select(watcher => watcher.MustReach(head)))).OfType<string>());
        }
        Wrong = wrong;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var watcher in _watchers)
            await watcher.DisposeAsync();
    }
}

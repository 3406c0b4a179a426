using System.Collections.Concurrent;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>
/// The uploads that the server called complete, by job. The server must have every one of them.
/// </summary>
internal sealed class Ledger(Jobs.JobsClient jobs)
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _complete = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _right;

    /// <summary>
    /// Records that the server called the upload at this path, <c>/jobs/{job}/uploads/{media}</c>,
    /// complete.
    /// </summary>
    public void Add(string location)
    {
        var parts = location.Split('/');
        _complete.GetOrAdd(parts[2], _ => []).Add(parts[4]);
    }

    /// <summary>Complete uploads that the server does not have.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    /// <summary>The number of complete uploads that the server has.</summary>
    public int Right => _right;

    /// <summary>Compares all jobs that are not closed with the server's lists of media.</summary>
    public async Task Check()
    {
        foreach (var job in _complete.Keys)
            await Close(job);
    }

    /// <summary>
    /// Compares a job that receives no more uploads with the server's list of its media.
    /// </summary>
    /// <returns>The media that the server has.</returns>
    public async Task<IReadOnlyCollection<string>> Close(string job)
    {
        if (!_complete.TryRemove(job, out var complete))
            return [];
        var there = await There(job);
        foreach (var media in complete.Where(media => !there.Contains(media)))
            _wrong.Enqueue($"{job}: {media} was called complete, and is neither stored nor a duplicate.");
        Interlocked.Add(ref _right, complete.Count(there.Contains));
        return there;
    }

    private async Task<HashSet<string>> There(string job)
    {
        var there = new HashSet<string>();
        var request = new ListMediaRequest
        {
            Job = job,
            PageSize = 1000,
            States = { MediaState.Stored, MediaState.Duplicate },
        };
        do
        {
            var page = await jobs.ListMediaAsync(request);
            there.UnionWith(page.Media.Select(media => media.Media_));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return there;
    }
}

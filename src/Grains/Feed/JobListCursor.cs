using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// A watcher's place in the changes of all jobs. It reads the list of jobs once, page by page, and then what changed;
/// when that is not kept any more, because the watcher was too slow, it reads the list again.
/// </summary>
internal sealed class JobListCursor(JobList list, IJobIndex index, ChannelWriter<Cursor> line) : Cursor(line)
{
    private const int BatchSize = 256;

    private string? _after = ""; // the last job that was read of the list; null: all of it was
    private long _version = list.Version; // what changes while it reads the list comes after it

    /// <inheritdoc/>
    protected override async ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Take(
        CancellationToken cancellation)
    {
        var rows = Changes() ?? await Page(cancellation);
        return ([.. rows.Select(FeedMessages.Changed)], _after is not null || rows.Count == BatchSize);
    }

    private IReadOnlyList<JobRow>? Changes()
    {
        if (_after is not null)
            return null;
        var changes = list.After(ref _version, BatchSize);
        if (changes is null)
            (_after, _version) = ("", list.Version);
        return changes;
    }

    private async ValueTask<IReadOnlyList<JobRow>> Page(CancellationToken cancellation)
    {
        var rows = await index.List(_after!, BatchSize, cancellation);
        _after = rows.Count == BatchSize ? rows[^1].Job : null;
        return rows;
    }
}

using System.Threading.Channels;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Feed;

/// <summary>
/// The position of a watcher in the changes of all jobs. It reads the list of jobs page by page,
/// and then the rows that change. If it falls behind what <see cref="JobList"/> keeps, it reads
/// the list again.
/// </summary>
internal sealed class JobListCursor(JobList list, IJobIndex index, ChannelWriter<Cursor> ready) : Cursor(ready)
{
    private const int BatchSize = 256;

    private string? _after = ""; // the last job read of the list; null when the whole list has been read
    private long _version = list.Version; // taken before the list is read, so that no change is missed

    /// <inheritdoc/>
    protected override async ValueTask<(IReadOnlyList<EncodedEvent> Messages, bool HasMore)> Read(
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

using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>
/// A job that gets event after event, each about a media of its own: event n is about media n.
/// </summary>
/// <param name="key">The job's key.</param>
/// <param name="device">
/// Causes the events: the events of one device are not those of another.
/// </param>
internal sealed class History(string key, string device = "")
{
    private readonly Job _job = new(key);

    /// <summary>The next events, as one append.</summary>
    public JournalAppend Next(int count)
    {
        var (expected, rows, media) = (_job.Head.Seq, new List<JournalRow>(), new List<Media>());
        for (var i = 0; i < count; i++)
        {
            var delete = Some.Delete((int)_job.Head.Seq + 1) with { Device = device };
            var fact = _job.Decide(delete, Some.Morning).Events.Single();
            rows.Add(fact.Row);
            media.AddRange(_job.Apply(fact).Media);
        }
        return new JournalAppend
        {
            Job = key,
            ExpectedSeq = expected,
            Rows = rows,
            Media = media,
            Derived = [],
            Opened = [],
            Closed = [],
            Work = [],
            JobRow = _job.Row,
        };
    }
}

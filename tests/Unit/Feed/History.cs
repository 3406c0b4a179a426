using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Feed;

/// <summary>A job that gets event after event, each about a media of its own: event n is about media n.</summary>
internal sealed class History
{
    private readonly Job _job = new(Some.Job);

    public int Head => (int)_job.Head;

    /// <summary>The next events, as one append.</summary>
    public JournalAppend Next(int count)
    {
        var (expected, rows, media) = (_job.Head, new List<JournalRow>(), new List<Media>());
        for (var i = 0; i < count; i++)
        {
            var fact = _job.Decide(Some.Delete(Head + 1), Some.Morning).Events.Single();
            rows.Add(fact.Encode());
            media.AddRange(_job.Apply(fact));
        }
        return new JournalAppend
        {
            Job = Some.Job,
            ExpectedSeq = expected,
            Rows = rows,
            Media = media,
            Opened = [],
            Closed = [],
            Work = [],
            JobRow = _job.Row,
        };
    }
}

using System.Text;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using OrleansIngest.Unit.Tests.Support;

using Job = OrleansIngest.Grains.Jobs.Job;

namespace OrleansIngest.Unit.Tests.Jobs;

public sealed class JobEventTests
{
    [Fact]
    public void A_row_read_back_is_the_event_that_was_written()
    {
        var fact = Started();
        var read = JobEvent.Decode(fact.Row);
        Assert.Equal((fact.Public, fact.Private, fact.Row), (read.Public, read.Private, read.Row));
        Assert.Equal(fact.Public.Seq, fact.At.Seq);
    }

    [Fact]
    public void Its_checksum_is_of_all_that_is_kept_of_it()
    {
        var (shown, hidden) = (Started().Public, Started().Private);
        PositionsMustDiffer(
            JobEvent.Encode(shown, hidden),
            JobEvent.Encode(new(shown) { Seq = 2 }, hidden),
            JobEvent.Encode(new(shown) { Job = "tower-8" }, hidden),
            JobEvent.Encode(new(shown) { Device = "phone-2" }, hidden),
            JobEvent.Encode(shown, hidden with { Incoming = Some.Blob("another-blob") }));
        Assert.Equal(JobEvent.Encode(shown, hidden).At, JobEvent.Encode(new(shown), hidden with { }).At);
    }

    [Fact]
    public void What_watchers_get_says_nothing_of_blobs_and_raw_metadata()
    {
        var fact = Started();
        var shown = Encoding.UTF8.GetString(fact.Row.Event.Bytes.Span);
        Assert.DoesNotContain(Some.Blob("secret-blob").ToString(), shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-metadata", shown, StringComparison.Ordinal);
        Assert.Equal((Some.Blob("secret-blob"), "secret-metadata"), (fact.Private.Incoming, fact.Private.RawMetadata));
    }

    [Fact]
    public void An_event_of_a_newer_version_is_refused_not_skipped()
    {
        var unknown = JobEvent.Encode(
            new ActivityEvent { Job = Some.Job, Seq = 1, Media = Some.Media(1).ToString() }, PrivateFacts.None);
        Assert.Throws<JournalException>(() => JobEvent.Decode(unknown.Row));
    }

    [Fact]
    public void Only_the_next_event_can_be_applied()
    {
        var job = new Job(Some.Job);
        var fact = Started();
        job.Apply(fact);
        Assert.Throws<InvalidOperationException>(() => job.Apply(fact));
    }

    [Fact]
    public void A_job_knows_when_its_first_and_last_events_were_decided()
    {
        var job = new LivedJob();
        job.Store(1, content: 7);
        Assert.Equal((Some.Morning, Some.Morning.AddSeconds(1)), (job.Job.FirstEventAt, job.Job.LastEventAt));
    }

    private static void PositionsMustDiffer(params JobEvent[] events) =>
        Assert.Distinct(events.Select(e => e.At.Checksum));

    private static JobEvent Started() => new Job(Some.Job)
        .Decide(Some.Create(1, "secret-blob") with { RawMetadata = "secret-metadata", Length = 0 }, Some.Morning)
        .Events[0];
}

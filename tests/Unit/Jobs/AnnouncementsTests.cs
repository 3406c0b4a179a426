using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>
/// The announced numbers: what devices say that they still have, and when they said so.
/// </summary>
public sealed class AnnouncementsTests
{
    private readonly LivedJob _job = new();
    private readonly Announcements _announced = new();

    [Fact]
    public void Every_device_counts_what_waits_for_a_person_and_what_waits_for_its_turn()
    {
        Report(
            "phone-2", 1,
            (1, QueueState.Queued), (2, QueueState.Uploading), (3, QueueState.Error), (4, QueueState.Removed));
        Report("phone-1", 5, (5, QueueState.Pending), (6, QueueState.Pending), (7, QueueState.Queued));
        Assert.Equal(
            [new AnnouncedCount("phone-1", 2, 1, At(5)), new AnnouncedCount("phone-2", 0, 3, At(1))],
            _announced.Counts(_job.Job));
    }

    [Fact]
    public void What_the_job_knows_is_not_announced_any_more()
    {
        Report("phone-1", 1, (1, QueueState.Queued), (2, QueueState.Queued), (3, QueueState.Queued));
        _job.Do(Some.Create(1, "here"));
        _job.Do(Some.Delete(2));
        Assert.Equal([new AnnouncedCount("phone-1", 0, 1, At(1))], _announced.Counts(_job.Job));
        _job.Store(3, content: 7);
        Assert.Empty(_announced.Counts(_job.Job));
    }

    [Fact]
    public void The_age_is_that_of_the_devices_newest_report()
    {
        Report("phone-1", 7, (1, QueueState.Pending));
        Report("phone-1", 3, (2, QueueState.Pending));
        Assert.Equal([new AnnouncedCount("phone-1", 2, 0, At(7))], _announced.Counts(_job.Job));
    }

    [Fact]
    public void A_view_of_the_job_keeps_received_and_announced_numbers_apart()
    {
        Report("phone-1", 1, (9, QueueState.Pending));
        _job.Store(1, content: 7);
        var view = new JobView(_job.Job.Row, new LiveUploads().Moving(_job.Job, At(1)), _announced.Counts(_job.Job));
        Assert.Equal((1, 1, 0), (view.Row.Counts.Total, view.Row.Counts.Stored, view.Moving));
        Assert.Equal(1, view.Announced.Sum(a => a.Pending + a.Queued));
    }

    private static DateTimeOffset At(long revision) => Some.Morning.AddMinutes(revision);

    private void Report(string device, long revision, params (int Media, QueueState State)[] files) =>
        _announced.Apply(new QueueReport
        {
            Device = device,
            Revision = revision,
            At = At(revision),
            Files =
                [.. files.Select(f => new QueuedFile { Job = Some.Job, Media = Some.Media(f.Media), State = f.State })],
        });
}

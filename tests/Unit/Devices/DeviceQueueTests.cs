using OrleansIngest.Grains.Devices;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Devices;

public sealed class DeviceQueueTests
{
    private readonly DeviceQueue _queue = new();

    [Fact]
    public void A_report_of_some_files_leaves_the_others()
    {
        Report(1, 1, 2);
        Report(2, 3);
        Assert.Equal([1, 2, 3], Files());
    }

    [Fact]
    public void A_complete_report_drops_what_it_does_not_name()
    {
        Report(1, 1, 2);
        ReportAll(2, 2, 3);
        Assert.Equal([2, 3], Files());
        Assert.Equal(2, _queue.Entries.Count);
    }

    [Fact]
    public void A_complete_report_that_comes_late_drops_nothing_that_newer_ones_named()
    {
        Report(3, 3);
        ReportAll(2, 2);
        Assert.Equal([2, 3], Files());
    }

    [Fact]
    public void What_came_before_a_complete_report_does_not_come_back()
    {
        ReportAll(2, 2);
        Assert.False(Report(1, 1));
        Assert.Equal([2], Files());
    }

    [Fact]
    public void An_empty_complete_report_empties_the_queue()
    {
        Report(1, 1, 2);
        ReportAll(2);
        Assert.Empty(_queue.Entries);
    }

    [Fact]
    public void A_removed_file_stays_removed_against_an_older_report()
    {
        _queue.Apply(Some.Report(2, [File(1) with { State = QueueState.Removed }]));
        Report(1, 1);
        Assert.Empty(Files());
        Assert.Null(_queue.Find(Some.Job, Some.Media(1)));
    }

    [Fact]
    public void A_settled_file_is_gone_until_a_newer_report_names_it()
    {
        Report(5, 1);
        Assert.True(_queue.Settle(Some.Job, Some.Media(1)));
        Assert.False(_queue.Settle(Some.Job, Some.Media(1)));
        Report(4, 1);
        Assert.Empty(Files());
        Report(6, 1);
        Assert.Equal([1], Files());
    }

    [Fact]
    public void A_file_that_was_never_reported_is_not_settled() => Assert.False(_queue.Settle(Some.Job, Some.Media(1)));

    [Fact]
    public void The_same_media_of_two_jobs_are_two_files()
    {
        _queue.Apply(Some.Report(1, [File(1), File(1) with { Job = "other" }]));
        _queue.Settle("other", Some.Media(1));
        Assert.NotNull(_queue.Find(Some.Job, Some.Media(1)));
        Assert.Null(_queue.Find("other", Some.Media(1)));
    }

    private static QueuedFile File(int media) =>
        new() { Job = Some.Job, Media = Some.Media(media), State = QueueState.Queued };

    private bool Report(long revision, params int[] media) =>
        _queue.Apply(Some.Report(revision, [.. media.Select(File)]));

    private void ReportAll(long revision, params int[] media) =>
        _queue.Apply(Some.Report(revision, [.. media.Select(File)]) with { IsComplete = true });

    private IEnumerable<int> Files() => _queue.Current().Select(f => Some.Number(f.Media)).Order();
}

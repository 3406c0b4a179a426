using FsCheck;
using FsCheck.Fluent;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Devices;

/// <summary>Reports come over bad networks: late, twice, overtaken.</summary>
public sealed class DeviceQueuePropertyTests
{
    private const int Files = 5;

    private static readonly Gen<QueuedFile[]> s_files =
        from media in Gen.SubListOf(Enumerable.Range(1, Files))
        from states in Gen.Elements(Enum.GetValues<QueueState>()).ArrayOf(Files)
        select media.Select(m => new QueuedFile { Job = $"job-{m % 2}", Media = Some.Media(m), State = states[m - 1] })
            .ToArray();

    /// <summary>All reports of a device, in the order in which it made them.</summary>
    private static readonly Gen<QueueReport[]> s_reports =
        from count in Gen.Choose(1, 8)
        from files in s_files.ArrayOf(count)
        from complete in Gen.Elements(true, false, false).ArrayOf(count)
        select files.Select((f, i) => new QueueReport
        {
            Device = "phone-1",
            Revision = i + 1,
            At = Some.Morning.AddMinutes(i),
            Files = f,
            IsComplete = complete[i],
        }).ToArray();

    /// <summary>The same reports as they come in: each at least once, in any order.</summary>
    private static readonly Gen<(QueueReport[] Made, QueueReport[] Came)> s_deliveries =
        from made in s_reports
        from again in Gen.Elements(made).ArrayOf(made.Length)
        from came in Gen.Shuffle(made.Concat(again))
        select (made, came);

    [Fact]
    public void Reports_in_any_order_and_repeated_give_the_queue_of_reports_in_their_order() =>
        Always.Holds(s_deliveries, delivery =>
        {
            var (expected, actual) = (QueueOf(delivery.Made), QueueOf(delivery.Came));
            Assert.Equal(Shown(expected), Shown(actual));
            Assert.Equal(expected.Entries.OrderBy(e => e.Key), actual.Entries.OrderBy(e => e.Key));
            Assert.Equal((expected.Revision, expected.CompleteRevision), (actual.Revision, actual.CompleteRevision));
            Assert.Equal(expected.ReportedAt, actual.ReportedAt);
        });

    [Fact]
    public void A_file_is_as_the_newest_report_that_counts_said() =>
        Always.Holds(s_deliveries, delivery =>
        {
            var complete = delivery.Made.LastOrDefault(r => r.IsComplete)?.Revision ?? 0;
            var said = delivery.Made.Where(r => r.Revision >= complete).SelectMany(r => r.Files).GroupBy(f => f.Media)
                .Select(versions => versions.Last()).Where(f => f.State != QueueState.Removed);
            Assert.Equal(said.OrderBy(f => f.Media), Shown(QueueOf(delivery.Came)));
        });

    [Fact]
    public void A_settled_file_stays_settled_whatever_older_reports_come_again() =>
        Always.Holds(s_deliveries, delivery =>
        {
            var queue = QueueOf(delivery.Made);
            foreach (var file in queue.Current().ToList())
                Assert.True(queue.Settle(file.Job, file.Media));
            foreach (var report in delivery.Came)
                queue.Apply(report);
            Assert.Empty(queue.Current());
        });

    [Fact]
    public void A_report_that_changes_nothing_says_so() =>
        Always.Holds(s_deliveries, delivery =>
        {
            var queue = QueueOf(delivery.Made);
            Assert.All(delivery.Came, report => Assert.False(queue.Apply(report)));
        });

    private static IEnumerable<QueuedFile> Shown(DeviceQueue queue) => queue.Current().OrderBy(f => f.Media);

    private static DeviceQueue QueueOf(IEnumerable<QueueReport> reports)
    {
        var queue = new DeviceQueue();
        foreach (var report in reports)
            queue.Apply(report);
        return queue;
    }
}

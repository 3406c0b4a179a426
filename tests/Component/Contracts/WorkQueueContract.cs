using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every work queue promises.</summary>
public abstract class WorkQueueContract : IDisposable
{
    private const string Kind = WorkKinds.Process;
    private static readonly DateTimeOffset s_now = Sample.Now;
    private static readonly DateTimeOffset s_until = Sample.Now.AddMinutes(1);

    private readonly IJournalData _data;
    private readonly Node _node;

    protected WorkQueueContract(IJournalData data) => (_data, _node) = (data, data.Open());

    private IWorkQueue Work => _node.Work;

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_empty_queue_leases_nothing() => Assert.Empty(await Lease(s_now));

    [Fact]
    public async Task Work_comes_with_the_events_and_is_leased_oldest_first()
    {
        var items = await Add(5);

        var first = await Lease(s_now, limit: 2);
        var second = await Lease(s_now);

        Assert.Equal(items, first.Concat(second).Select(w => w.Item));
        Assert.All(first.Concat(second), w => Assert.Equal(1, w.Attempt));
        Assert.Equal(5, first.Concat(second).Select(w => w.Id).Distinct().Count());
    }

    [Fact]
    public async Task Each_kind_has_its_own_queue()
    {
        await Add(1);

        Assert.Empty(await Work.Lease("another", 10, s_now, s_until).Soon());
        Assert.Single(await Lease(s_now));
    }

    [Fact]
    public async Task Leased_work_is_nobody_else_s_until_the_lease_ends()
    {
        await Add(1);
        var first = Assert.Single(await Lease(s_now));

        Assert.Empty(await Lease(s_until.AddTicks(-1)));
        var second = Assert.Single(await Lease(s_until));
        Assert.Equal(first with { Attempt = 2 }, second);
    }

    [Fact]
    public async Task Completed_work_is_gone()
    {
        await Add(1);
        var work = Assert.Single(await Lease(s_now));

        Assert.True(await Work.Complete(work).Soon());
        Assert.False(await Work.Complete(work).Soon());
        Assert.False(await Work.Release(work, s_now).Soon());
        Assert.Empty(await Lease(s_until));
    }

    [Fact]
    public async Task Who_lost_the_lease_can_neither_complete_nor_release()
    {
        await Add(1);
        var lost = Assert.Single(await Lease(s_now));
        var held = Assert.Single(await Lease(s_until));

        Assert.False(await Work.Complete(lost).Soon());
        Assert.False(await Work.Release(lost, s_now).Soon());
        Assert.True(await Work.Complete(held).Soon());
    }

    [Fact]
    public async Task Released_work_comes_back_when_its_time_has_come_and_not_before()
    {
        await Add(1);
        var work = Assert.Single(await Lease(s_now));
        var later = s_now.AddHours(1);

        Assert.True(await Work.Release(work, later).Soon());
        Assert.False(await Work.Release(work, s_now).Soon());
        Assert.False(await Work.Complete(work).Soon());
        Assert.Empty(await Lease(later.AddTicks(-1)));
        Assert.Equal(2, Assert.Single(await Lease(later)).Attempt);
    }

    [Fact]
    public async Task Work_that_waits_does_not_hold_up_what_comes_after_it()
    {
        var items = await Add(2);
        var first = Assert.Single(await Lease(s_now, limit: 1));
        await Work.Release(first, s_now.AddHours(1)).Soon();

        Assert.Equal(items[1], Assert.Single(await Lease(s_now)).Item);
    }

    [Fact]
    public async Task The_lease_of_earlier_work_is_not_taken_for_one_of_later_work()
    {
        await Add(1);
        var done = Assert.Single(await Lease(s_now));
        await Work.Complete(done).Soon();
        await Add(1, expected: 1);
        await Lease(s_now);

        Assert.False(await Work.Complete(done).Soon());
    }

    [Fact]
    public async Task Two_workers_never_get_the_same_lease()
    {
        var items = await Add(200);
        var leased = new ConcurrentBag<WorkItem>();
        Node[] nodes = [_node, _data.Open()];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => LeaseAll(nodes[i % 2].Work, leased))).Soon();

        Assert.Equal(items.OrderBy(i => i.Media), leased.OrderBy(i => i.Media));
    }

    [Fact]
    public async Task Leases_and_work_are_there_after_a_restart()
    {
        var items = await Add(2);
        var held = Assert.Single(await Lease(s_now, limit: 1));
        _node.Dispose();

        var work = _data.Open().Work;
        Assert.Equal(items[1], Assert.Single(await work.Lease(Kind, 10, s_now, s_until).Soon()).Item);
        Assert.True(await work.Complete(held).Soon());
    }

    private static async Task LeaseAll(IWorkQueue work, ConcurrentBag<WorkItem> leased)
    {
        while (await work.Lease(Kind, 7, s_now, s_until).Soon() is { Count: > 0 } items)
        {
            foreach (var item in items)
            {
                leased.Add(item.Item);
                Assert.True(await work.Complete(item).Soon());
            }
        }
    }

    private async Task<List<WorkItem>> Add(int count, long expected = 0)
    {
        var items = Enumerable.Range(0, count).Select(_ => new WorkItem(Kind, "roof", Guid.NewGuid())).ToList();
        var append = Sample.Append("roof", expected) with { Work = items };
        Assert.True((await _node.Journal.Append(append).Soon()).IsStored);
        return items;
    }

    private Task<IReadOnlyList<LeasedWork>> Lease(DateTimeOffset now, int limit = 10) =>
        Work.Lease(Kind, limit, now, now.AddMinutes(1)).Soon();
}

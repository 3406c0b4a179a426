using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>The fence: whatever writers do, a job has one history.</summary>
public abstract partial class JournalContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_append_that_expects_another_seq_stores_nothing(long expected)
    {
        await Journal.Append(Sample.Append("roof", 0, "first", events: 2)).Soon();
        var late = Sample.Append("roof", expected, "late") with
        {
            Media = [Sample.FullMedia(Guid.NewGuid())],
            Opened = [Sample.Upload("roof", Guid.NewGuid())],
            Work = [new WorkItem(WorkKinds.Process, "roof", Guid.NewGuid())],
        };

        Assert.False((await Journal.Append(late).Soon()).IsStored);

        var snapshot = await Journal.Load("roof").Soon();
        Assert.Equal(2, snapshot.Row!.Head.Seq);
        Assert.Empty(snapshot.Media);
        Assert.Empty(snapshot.Uploads);
        Assert.Equal(2, (await Journal.Read("roof", 0, 10).Soon()).Count);
        Assert.Empty(await _node.Work.Lease(WorkKinds.Process, 10, Sample.Now, Sample.Now).Soon());
    }

    [Fact]
    public async Task Another_node_s_append_is_seen_at_once_and_fences()
    {
        var other = _data.Open();
        await Journal.Append(Sample.Append("roof", 0, "ours")).Soon();

        Assert.Equal(1, await other.Journal.Head("roof").Soon());
        Assert.False((await other.Journal.Append(Sample.Append("roof", 0, "theirs")).Soon()).IsStored);
        Assert.True((await other.Journal.Append(Sample.Append("roof", 1, "theirs")).Soon()).IsStored);
        Assert.False((await Journal.Append(Sample.Append("roof", 1, "ours again")).Soon()).IsStored);
    }

    [Fact]
    public async Task A_conflict_in_one_job_leaves_the_others_of_its_batch_alone()
    {
        await Journal.Append(Sample.Append("job-50", 0)).Soon();

        var appended = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => Journal.Append(Sample.Append($"job-{i}", 0)))).Soon();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i != 50), appended.Select(append => append.IsStored));
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Journal.Head($"job-{i}"))).Soon(), head =>
            Assert.Equal(1, head));
    }

    [Fact]
    public async Task Of_all_who_want_the_same_seq_exactly_one_gets_it()
    {
        Node[] nodes = [_node, _data.Open()];
        for (var seq = 0; seq < 10; seq++)
        {
            var appended = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
                nodes[i % 2].Journal.Append(Sample.Append("roof", seq, $"{i}")))).Soon();

            Assert.Single(appended, append => append.IsStored);
        }
    }

    [Fact]
    public async Task Two_writers_never_fork_a_job()
    {
        var won = new ConcurrentDictionary<long, string>();
        var other = _data.Open();

        await Task.WhenAll(
            Enumerable.Range(0, 8)
                .Select(i => Win(i % 2 == 0 ? Journal : other.Journal, $"writer {i}", 25, won))).Soon();

        var rows = await Journal.Read("roof", 0, 1000).Soon();
        Assert.Equal(Enumerable.Range(1, 200).Select(seq => (long)seq), rows.Select(r => r.Event.Seq));
        Assert.All(rows, row => Assert.Equal(won[row.Event.Seq], Sample.What(row)));
    }

    /// <summary>Appends until it was first so many times.</summary>
    private static async Task Win(IJournal journal, string who, int times, ConcurrentDictionary<long, string> won)
    {
        while (times > 0)
        {
            var head = await journal.Head("roof").Soon();
            var what = $"{who}, {times}";
            if (!(await journal.Append(Sample.Append("roof", head, what)).Soon()).IsStored)
                continue;
            Assert.True(won.TryAdd(head + 1, what));
            times--;
        }
    }
}

using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// Appends of many jobs share a transaction, and none of them depends on another.
/// </summary>
public sealed class PostgresGroupCommitTests : IDisposable
{
    private readonly PostgresData _data;
    private readonly PostgresStorage _storage;

    public PostgresGroupCommitTests(SharedPostgres shared)
    {
        _data = new PostgresData(shared);
        _storage = _data.OpenStorage();
    }

    private long Transactions => (long)_data.Execute("SELECT count(DISTINCT appended_in) FROM jobs")!;

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Appends_that_wait_together_are_committed_together()
    {
        await AppendWhileLocked(Enumerable.Range(0, 500).Select(i => Sample.Append($"job-{i}", 0)), stored: _ => true);

        Assert.InRange(Transactions, 1, 8);
        Assert.Equal(500, (await _storage.Jobs.List("", 1000).Soon()).Count);
    }

    [Fact]
    public async Task A_conflict_and_a_stale_fence_split_no_group()
    {
        var upload = Sample.Upload("job-7", Guid.NewGuid());
        await _storage.Journal.Append(Sample.Append("job-3", 0)).Soon();
        await _storage.Journal.Append(Sample.Append("job-7", 0) with { Opened = [upload] }).Soon();
        await _storage.Uploads.TakeOver(upload.Fence, "another").Soon();

        var outcomes = await AppendWhileLocked(
            Enumerable.Range(0, 100).Select(i => Sample.Append($"job-{i}", i == 7 ? 1 : 0) with
            {
                Fences = i == 7 ? [upload.Fence] : [],
                Media = [Sample.FullMedia(Guid.NewGuid())],
                Work = [new WorkItem(WorkKinds.Process, $"job-{i}", Guid.NewGuid())],
            }),
            stored: i => i is not (3 or 7));

        Assert.Empty(outcomes[3].Stale);
        Assert.Equal([upload.Fence], outcomes[7].Stale);
        Assert.InRange(Transactions, 1, 8);
        Assert.Equal(98, (await _storage.Work.Lease(WorkKinds.Process, 200, Sample.Now, Sample.Now).Soon()).Count);
        Assert.Empty((await _storage.Journal.Load("job-3").Soon()).Media);
    }

    /// <summary>
    /// A row that should not be there makes the statement of the whole group fail.
    /// </summary>
    [Fact]
    public async Task An_append_that_fails_by_its_own_fault_fails_alone()
    {
        _data.Execute(@"INSERT INTO journal VALUES ('job-25', 1, '\x00', '\x00', 0)");

        var appends = WhileLocked(() => Enumerable.Range(0, 50).Select(
            i => _storage.Journal.Append(Sample.Append($"job-{i}", 0))));

        for (var i = 0; i < 50; i++)
        {
            if (i == 25)
                await Assert.ThrowsAsync<JournalException>(() => appends[25].Soon());
            else
                Assert.True((await appends[i].Soon()).IsStored);
        }
        Assert.Equal(49, (await _storage.Jobs.List("", 1000).Soon()).Count);
    }

    [Fact]
    public async Task Appends_of_one_job_stay_in_order()
    {
        var appends = WhileLocked(() => Enumerable.Range(0, 20).Select(
            seq => _storage.Journal.Append(Sample.Append("roof", seq, $"{seq}"))));

        Assert.All(await Task.WhenAll(appends).Soon(), append => Assert.True(append.IsStored));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(seq => $"{seq}"),
            (await _storage.Journal.Read("roof", 0, 100).Soon()).Select(Sample.What));
    }

    /// <summary>
    /// Two nodes append to the same jobs as fast as they can: the groups overlap in every way.
    /// </summary>
    [Fact]
    public async Task Two_nodes_that_write_the_same_jobs_fork_none_of_them()
    {
        var histories = new Histories(jobs: 12, appends: 30);
        PostgresStorage[] nodes = [_storage, _data.OpenStorage()];

        await Task.WhenAll(
            from writer in Enumerable.Range(0, 4)
            from job in histories.Jobs
            select histories.Append(nodes[writer % 2], job, $"writer {writer}")).Soon();

        await histories.MustBeIn(_storage);
    }

    private async Task<AppendOutcome[]> AppendWhileLocked(IEnumerable<JournalAppend> appends, Func<int, bool> stored)
    {
        var outcomes = await Task.WhenAll(WhileLocked(() => appends.Select(_storage.Journal.Append))).Soon();
        Assert.Equal(Enumerable.Range(0, outcomes.Length).Select(stored), outcomes.Select(one => one.IsStored));
        return outcomes;
    }

    /// <summary>
    /// Issues appends while another connection holds the table, so that all of them wait.
    /// </summary>
    private List<Task<AppendOutcome>> WhileLocked(Func<IEnumerable<Task<AppendOutcome>>> appends)
    {
        using var other = _data.Connect();
        using var transaction = other.BeginTransaction();
        using var command = other.CreateCommand();
        command.CommandText = "LOCK TABLE jobs";
        command.ExecuteNonQuery();
        return [.. appends()];
    }
}

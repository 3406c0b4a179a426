using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Sqlite;

public sealed class SqliteGroupCommitTests : IDisposable
{
    private readonly SqliteData _data = new(Durability.Disk);
    private readonly SqliteStorage _storage;

    public SqliteGroupCommitTests() => _storage = _data.OpenStorage();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Appends_that_wait_together_are_committed_together()
    {
        await _storage.Journal.Append(Sample.Append("first", 0)).Soon();
        var before = WriteAheadLog.Read(_data.File);

        var appends = await WhileLocked(() =>
            Enumerable.Range(0, 500).Select(i => _storage.Journal.Append(Sample.Append($"job-{i}", 0))));
        Assert.All(await Task.WhenAll(appends).Soon(), append => Assert.True(append.IsStored));

        var after = WriteAheadLog.Read(_data.File);
        Assert.Equal(before.Generation, after.Generation); // otherwise commits were lost to the count
        Assert.InRange(after.Commits - before.Commits, 1, 10);
        Assert.Equal(501, (await _storage.Jobs.List("", 1000).Soon()).Count);
    }

    [Fact]
    public async Task An_operation_that_fails_by_its_own_fault_fails_alone()
    {
        var appends = await WhileLocked(() => Enumerable.Range(0, 50).Select(i => i == 25
            ? _storage.Writer.Write<AppendOutcome>(session => FailAfterWriting(session))
            : _storage.Journal.Append(Sample.Append($"job-{i}", 0))));

        for (var i = 0; i < 50; i++)
        {
            if (i == 25)
                await Assert.ThrowsAsync<Grains.Ports.JournalException>(() => appends[25].Soon());
            else
                Assert.True((await appends[i].Soon()).IsStored);
        }
        Assert.Equal(49, (await _storage.Jobs.List("", 1000).Soon()).Count);
    }

    private static AppendOutcome FailAfterWriting(Session session)
    {
        JobTable.Put(session, Sample.JobRow("half", new Position(1, 0)));
        throw new InvalidOperationException("in the middle");
    }

    /// <summary>
    /// Issues writes while another connection holds the database, so that all of them wait.
    /// </summary>
    private async Task<List<Task<AppendOutcome>>> WhileLocked(Func<IEnumerable<Task<AppendOutcome>>> writes)
    {
        await using var other = _data.Connect();
        SqliteData.Execute(other, "BEGIN IMMEDIATE");
        var waiting = writes().ToList();
        SqliteData.Execute(other, "ROLLBACK");
        return waiting;
    }
}

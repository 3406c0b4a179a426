using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Sqlite;

/// <summary>
/// SQLite is told that the file may not grow, which it reports as it does a full disk.
/// </summary>
public sealed class SqliteDiskFullTests : IDisposable
{
    private const string NoMorePages = "PRAGMA max_page_count = 1";
    private const string MorePages = "PRAGMA max_page_count = 1000000";

    private readonly SqliteData _data = new(Durability.Disk);
    private readonly SqliteStorage _storage;

    public SqliteDiskFullTests() => _storage = _data.OpenStorage();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Callers_are_told_that_the_disk_is_full_and_nothing_of_theirs_is_stored()
    {
        await _storage.Journal.Append(Sample.Append("roof", 0)).Soon();
        await Run(NoMorePages);

        var failure = await Assert.ThrowsAsync<JournalFullException>(() =>
            _storage.Journal.Append(Large("roof", 1)).Soon());

        Assert.Contains("disk is full", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await _storage.Journal.Load("roof").Soon()).Row!.Head.Seq);
        Assert.Single(await _storage.Journal.Read("roof", 0, 10).Soon());
    }

    [Fact]
    public async Task All_who_waited_together_fail_together()
    {
        await Run(NoMorePages);

        var appends = Enumerable.Range(0, 100).Select(i => _storage.Journal.Append(Large($"job-{i}", 0))).ToList();

        foreach (var append in appends)
            await Assert.ThrowsAsync<JournalFullException>(() => append.Soon());
        Assert.Empty(await _storage.Jobs.List("", 1000).Soon());
    }

    [Fact]
    public async Task When_there_is_space_again_the_same_appends_succeed()
    {
        await Run(NoMorePages);
        await Assert.ThrowsAsync<JournalFullException>(() => _storage.Journal.Append(Large("roof", 0)).Soon());
        await Run(MorePages);

        Assert.True((await _storage.Journal.Append(Large("roof", 0)).Soon()).IsStored);
        Assert.Equal(1, await _storage.Journal.Head("roof").Soon());
    }

    private static JournalAppend Large(string job, long expected) =>
        Sample.Append(job, expected, new string('x', 50_000));

    private Task<int> Run(string pragma) => _storage.Writer.Write(session => session.Query(pragma).Run()).Soon();
}

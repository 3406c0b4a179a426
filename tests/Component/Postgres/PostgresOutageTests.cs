using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// PostgreSQL crashes, stops, and is replaced by its standby. Nothing that was acknowledged is
/// lost, nothing is stored twice, and everything continues by itself.
/// </summary>
public sealed class PostgresOutageTests
{
    private const int Appends = 40;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("immediate")]
    [InlineData("fast")]
    public async Task Appends_continue_after_a_restart(string mode)
    {
        using var server = PostgresServer.Start();
        var histories = new Histories(jobs: 8, Appends);
        using var one = new PostgresStorage(Options(server));
        using var other = new PostgresStorage(Options(server));
        var writing = Write(histories, one, other);

        await histories.Reach(50).WaitAsync(s_patience);
        server.Stop(mode);
        await Eventually.True(() => histories.Failures > 0);
        server.Start();
        await writing.WaitAsync(s_patience);

        Assert.Equal(2 * 8 * Appends, histories.Acknowledged);
        await histories.MustBeIn(one);
        await histories.MustBeIn(other);
    }

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_in_a_failover_to_a_synchronous_standby()
    {
        using var primary = PostgresServer.Start();
        using var standby = StartSynchronous(primary);
        var histories = new Histories(jobs: 8, Appends);
        using var node = new PostgresStorage(Options(primary, standby));
        using var other = new PostgresStorage(Options(primary, standby));
        var writing = Write(histories, node, other);

        await histories.Reach(50).WaitAsync(s_patience);
        primary.Crash();
        standby.Promote();
        await writing.WaitAsync(s_patience);

        Assert.True(histories.Failures > 0);
        Assert.Equal(2 * 8 * Appends, histories.Acknowledged);
        await histories.MustBeIn(node);
    }

    /// <summary>
    /// The commit is there, but only here. It must be neither acknowledged nor shown to a job.
    /// </summary>
    [Fact]
    public async Task What_the_standby_does_not_have_is_not_acknowledged_and_not_loaded()
    {
        using var primary = PostgresServer.Start();
        using var standby = StartSynchronous(primary);
        using var node = new PostgresStorage(Options(primary));
        await node.Journal.Append(Sample.Append("roof", 0, "first")).Soon();

        standby.Stop();
        var cancelled = node.Journal.Append(Sample.Append("roof", 1, "second"));
        await Eventually.True(() => CancelWaiting(primary));
        var refusal = await Assert.ThrowsAsync<JournalException>(() => cancelled.Soon());
        Assert.Contains("perhaps not durably", refusal.Message, StringComparison.Ordinal);
        refusal = await Assert.ThrowsAsync<JournalException>(() => node.Journal.Load("roof").Soon());
        Assert.Contains("did not answer in time", refusal.Message, StringComparison.Ordinal);

        standby.Start();
        await Eventually.True(() => IsSynchronous(primary));
        Assert.Equal(2, await node.Journal.Head("roof").Soon());
        Assert.True((await node.Journal.Append(Sample.Append("roof", 2)).Soon()).IsStored);
    }

    [Fact]
    public void A_standby_is_not_used()
    {
        using var primary = PostgresServer.Start();
        using var standby = primary.StartStandby("standby");

        var refusal = Assert.ThrowsAny<StorageException>(() => new PostgresStorage(Options(standby)));
        Assert.Contains("standby", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_is_told()
    {
        using var server = PostgresServer.Start();
        using var node = new PostgresStorage(Options(server));
        server.Stop();

        var refusal = await Assert.ThrowsAsync<JournalException>(
            () => node.Journal.Append(Sample.Append("roof", 0)).Soon());
        Assert.Contains("cannot be reached", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalException>(() => node.Journal.Load("roof").Soon());
        await Assert.ThrowsAsync<JournalException>(() => node.Uploads.List().Soon());
    }

    private static PostgresStorageOptions Options(params PostgresServer[] servers) => new()
    {
        ConnectionString = servers[0].ConnectionString.Replace(
            $"127.0.0.1;Port={servers[0].Port}",
            string.Join(',', servers.Select(server => $"127.0.0.1:{server.Port}")),
            StringComparison.Ordinal),
    };

    private static Task Write(Histories histories, PostgresStorage one, PostgresStorage other) => Task.WhenAll(
        from job in histories.Jobs
        from node in new[] { (Storage: one, Name: "one"), (Storage: other, Name: "other") }
        select histories.Append(node.Storage, job, node.Name));

    private static PostgresServer StartSynchronous(PostgresServer primary)
    {
        var standby = primary.StartStandby("standby");
        primary.Execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        primary.Execute("SELECT pg_reload_conf()");
        Assert.True(SpinWait.SpinUntil(() => IsSynchronous(primary), s_patience));
        return standby;
    }

    private static bool IsSynchronous(PostgresServer primary) =>
        primary.Execute("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')") is true;

    /// <summary>Cancels a commit that waits for the standby, as an administrator may do.</summary>
    private static bool CancelWaiting(PostgresServer primary) => primary.Execute(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") is true;
}

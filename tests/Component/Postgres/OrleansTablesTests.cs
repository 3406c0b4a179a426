using OrleansIngest.Component.Tests.Engine;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// Our tables and statements for Orleans do what its packages expect: real silos work with them.
/// </summary>
public sealed class OrleansTablesTests : IDisposable
{

    private readonly PostgresData _data;
    private readonly LogLines _log = new();

    public OrleansTablesTests(SharedPostgres shared)
    {
        _data = new PostgresData(shared);
        _data.OpenStorage();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_state_that_one_silo_wrote_is_read_by_another()
    {
        await using var one = await Start();
        await using (var other = await Start())
        {
            await Until(() => Count("Status = 3") == 2);
            await Probe(one, "roof").Write("first");
            Assert.Equal("first", await Probe(other, "roof").Read());
            await Probe(other, "roof").Write("second");
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Probe(other, $"grain {i}").Write($"{i}")));
        }

        Assert.Equal(1L, Count("Status = 3"));
        Assert.Equal("second", await Probe(one, "roof").Read());
        for (var i = 0; i < 50; i++)
            Assert.Equal($"{i}", await Probe(one, $"grain {i}").Read());
        Assert.DoesNotContain(_log.All, line => line.Contains("secret-word", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Of_two_writes_with_the_same_version_one_fails()
    {
        await using var silo = await Start();
        await Probe(silo, "roof").Write("first");
        _data.Execute("UPDATE OrleansStorage SET Version = Version + 1");

        await Assert.ThrowsAnyAsync<Exception>(() => Probe(silo, "roof").Write("late"));
        await Until(async () => await Probe(silo, "roof").Read() == "first");
    }

    [Fact]
    public async Task A_reminder_is_registered_comes_and_is_taken_back()
    {
        await using var one = await Start();
        await using var other = await Start();
        var grain = one.Grains.GetGrain<IReminderProbeGrain>("roof");

        await grain.Register();
        Assert.Equal(["look"], await other.Grains.GetGrain<IReminderProbeGrain>("roof").List());
        await Until(() => one.Log.Entries.Concat(other.Log.Entries).Contains("roof: look"));

        await grain.Register();
        Assert.Equal(1L, _data.Execute("SELECT count(*) FROM OrleansRemindersTable WHERE Version = 1"));
        await grain.Unregister();
        Assert.Empty(await grain.List());
        Assert.Equal(0L, _data.Execute("SELECT count(*) FROM OrleansRemindersTable"));
    }

    [Fact]
    public async Task A_silo_that_was_killed_is_declared_dead_and_its_grains_move()
    {
        await using var one = await Start();
        await using var other = await Start();
        await Until(() => Count("Status = 3") == 2);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Probe(other, $"grain {i}").Write($"{i}")));

        await other.Kill();

        await Until(() => Count($"Port = {other.Port} AND Status = 6") == 1);
        for (var i = 0; i < 20; i++)
            await Until(async () => await Probe(one, $"grain {i}").Read() == $"{i}");
    }

    /// <summary>
    /// A silo that is in the table and does not answer: the others suspect it and write that down.
    /// </summary>
    [Fact]
    public async Task A_silo_that_does_not_answer_is_suspected_by_name()
    {
        await using var one = await Start();
        _data.Execute(
            "INSERT INTO OrleansMembershipTable SELECT DeploymentId, Address, 1, Generation, 'gone', HostName, Status,"
            + " 0, NULL, StartTime, IAmAliveTime FROM OrleansMembershipTable");
        _data.Execute("UPDATE OrleansMembershipVersionTable SET Version = Version + 1");

        await Until(() => Count("SiloName = 'gone' AND Status = 6 AND SuspectTimes LIKE '%:%@%'") == 1);
    }

    private Task<ClusterSilo> Start() => ClusterSilo.Start(_data.Options, _log);

    private static IProbeGrain Probe(ClusterSilo silo, string key) => silo.Grains.GetGrain<IProbeGrain>(key);

    private long Count(string where) =>
        (long)_data.Execute($"SELECT count(*) FROM OrleansMembershipTable WHERE {where}")!;

    private static Task Until(Func<bool> fact) => Until(() => Task.FromResult(fact()));

    /// <summary>Waits for a fact. A call may fail meanwhile: a silo is being replaced.</summary>
    private static Task Until(Func<Task<bool>> fact) => Eventually.True(() => Holds(fact));

    private static async Task<bool> Holds(Func<Task<bool>> fact)
    {
        try
        {
            return await fact();
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return false;
        }
    }
}

using Orleans.Storage;
using OrleansStandIn.Tests.Grains;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests;

public sealed class PersistentStateTests
{
    [Fact]
    public async Task A_state_that_was_never_written_is_new()
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);

        Assert.Equal(new View("empty", 0, Exists: false, Etag: null), await silo.Grain<INotebook>().Look());
    }

    [Fact]
    public async Task A_written_state_is_there_after_a_restart()
    {
        using var database = GrainDatabase.Create();
        await using (var silo = await TestSilo.StartAsync(database.Use))
        {
            await silo.Grain<INotebook>("roof").Write("first");
            await silo.Grain<INotebook>("roof").Write("second");
        }

        database.RunSchema(); // running it again loses nothing
        await using var restarted = await TestSilo.StartAsync(database.Use);
        Assert.Equal(new View("second", 2, Exists: true, Etag: "2"), await restarted.Grain<INotebook>("roof").Look());
        Assert.Equal("second", await restarted.Grain<INotebook>("roof").TextAtActivation());
        Assert.False((await restarted.Grain<INotebook>("shed").Look()).Exists);
    }

    [Fact]
    public async Task A_cleared_state_is_new_and_can_be_written_again()
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);
        var grain = silo.Grain<INotebook>();

        await grain.Clear(); // nothing there yet
        await grain.Write("text");
        await grain.Clear();
        Assert.Equal(new View("empty", 0, Exists: false, Etag: "2"), await grain.Look());
        await grain.Reread();
        Assert.Equal(new View("empty", 0, Exists: false, Etag: "2"), await grain.Look());

        await grain.Write("again");
        await grain.Reread();
        Assert.Equal(new View("again", 1, Exists: true, Etag: "3"), await grain.Look());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Writing_over_a_state_that_somebody_else_wrote_is_a_conflict(bool recordExists)
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);
        var grain = silo.Grain<INotebook>();
        if (recordExists) await grain.WriteThroughBoth();

        await Assert.ThrowsAsync<InconsistentStateException>(grain.WriteBehindOwnBack);
    }

    [Fact]
    public async Task A_grain_that_lets_a_conflict_escape_starts_anew_with_what_is_stored()
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);
        var grain = silo.Grain<INotebook>();
        var before = await grain.ActivationId();

        await Assert.ThrowsAsync<InconsistentStateException>(grain.WriteBehindOwnBack);

        Assert.NotEqual(before, await grain.ActivationId());
        Assert.Equal(new View("empty", 0, Exists: true, Etag: "1"), await grain.Look());
    }

    [Fact]
    public async Task Writes_that_a_grain_begins_at_once_are_no_conflict()
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);
        var grain = silo.Grain<INotebook>();

        await grain.WriteTwiceAtOnce("last");
        await grain.Reread();

        Assert.Equal("last", (await grain.Look()).Text);
    }

    [Fact]
    public async Task A_state_in_memory_outlives_the_activation()
    {
        await using var silo = await TestSilo.StartAsync(builder => builder.AddMemoryGrainStorage("grains"));
        var grain = silo.Grain<INotebook>();
        var before = await grain.ActivationId();
        await grain.Write("text");
        await Assert.ThrowsAnyAsync<InconsistentStateException>(grain.WriteBehindOwnBack); // ends the activation

        Assert.NotEqual(before, await grain.ActivationId());
        Assert.Equal("text", (await grain.Look()).Text);
    }

    [Fact]
    public async Task A_storage_that_fails_fails_the_call_and_not_the_grain()
    {
        using var database = GrainDatabase.Create();
        await using var silo = await TestSilo.StartAsync(database.Use);
        var grain = silo.Grain<INotebook>();
        await grain.Write("before");

        database.Run("ALTER TABLE OrleansStorage RENAME TO Elsewhere");
        await Assert.ThrowsAsync<OrleansException>(() => grain.Write("lost"));
        database.Run("ALTER TABLE Elsewhere RENAME TO OrleansStorage");

        await grain.Write("after");
        Assert.Equal("after", (await grain.Look()).Text);
    }

    [Fact]
    public async Task A_grain_whose_storage_is_missing_cannot_be_activated()
    {
        await using var silo = await TestSilo.StartAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => silo.Grain<INotebook>().Look());
    }

    [Fact]
    public async Task A_host_does_not_start_on_a_database_without_the_schema()
    {
        using var database = GrainDatabase.CreateEmpty();

        await Assert.ThrowsAnyAsync<Exception>(() => TestSilo.StartAsync(database.Use));
    }
}

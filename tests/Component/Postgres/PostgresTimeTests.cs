using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>The clock and the running time that nodes share.</summary>
public sealed class PostgresTimeTests : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(30);

    private readonly PostgresData _data;
    private readonly LogLines _log = new();
    private readonly FakeTimeProvider _time = new(); // its clock is in the year 2000
    private PostgresStorage _storage;

    public PostgresTimeTests(SharedPostgres shared)
    {
        _data = new PostgresData(shared);
        _storage = new PostgresStorage(_data.Options, _log, _time);
    }

    private PostgresRunningTime Running => (PostgresRunningTime)_storage.RunningTime;

    private PostgresTime Clock => (PostgresTime)_storage.Time;

    public void Dispose()
    {
        _storage.Dispose();
        _data.Dispose();
    }

    [Fact]
    public void The_clock_is_that_of_PostgreSQL_and_goes_on_with_the_node_s_own()
    {
        var start = Clock.GetUtcNow();
        Assert.InRange(start, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));

        _time.Advance(s_step);

        Assert.Equal(start + s_step, Clock.GetUtcNow());
    }

    [Fact]
    public void The_clock_never_steps_back()
    {
        var (told, now) = (Clock.GetUtcNow(), _time.GetTimestamp());
        Clock.Set(told.UtcDateTime.AddSeconds(-50), now, now);

        Assert.Equal(told, Clock.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(told, Clock.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(told.AddSeconds(5), Clock.GetUtcNow());
    }

    [Fact]
    public async Task Clocks_that_are_apart_are_told_of_once()
    {
        await Clock.Ask();
        await Clock.Ask();
        var line = Assert.Single(_log.All);
        Assert.Contains("ahead of this node's clock", line, StringComparison.Ordinal);

        _time.AdjustTime(DateTimeOffset.UtcNow);
        await Clock.Ask();
        Assert.Single(_log.All);

        _time.AdjustTime(DateTimeOffset.UtcNow.AddMinutes(-10));
        await Clock.Ask();
        Assert.Equal(2, _log.All.Count);
    }

    [Fact]
    public async Task The_running_time_begins_at_0_and_goes_on_by_itself()
    {
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (Running.Now, Running.Since));

        await Run(steps: 10);

        Assert.Equal((10 * s_step, TimeSpan.Zero), (Running.Now, Running.Since));
    }

    [Fact]
    public async Task It_goes_on_after_a_restart_where_it_was()
    {
        await Run(steps: 10);

        _storage.Dispose();
        _time.Advance(TimeSpan.FromDays(30));
        _storage = new PostgresStorage(_data.Options, _log, _time);

        Assert.Equal((10 * s_step, 10 * s_step), (Running.Now, Running.Since));
    }

    [Fact]
    public async Task A_pause_is_no_part_of_it_and_it_begins_again_after_it()
    {
        await Run(steps: 2);

        _time.Advance(TimeSpan.FromDays(30));

        Assert.Equal((2 * s_step, 2 * s_step), (Running.Now, Running.Since));
        await Run(steps: 1);
        Assert.Equal((3 * s_step, 2 * s_step), (Running.Now, Running.Since));
    }

    [Fact]
    public async Task Two_nodes_do_not_make_it_pass_faster_and_none_stays_behind()
    {
        await Run(steps: 10);
        using var other = new PostgresStorage(_data.Options, time: _time);
        var otherRunning = (PostgresRunningTime)other.RunningTime;
        Assert.Equal(10 * s_step, otherRunning.Now);

        for (var i = 0; i < 4; i++)
        {
            await Run(steps: 1);
            await otherRunning.Record();
        }

        Assert.Equal((14 * s_step, 14 * s_step), (Running.Now, otherRunning.Now));
    }

    [Fact]
    public async Task A_node_whose_clock_was_paused_goes_on_from_the_others()
    {
        var pausedTime = new FakeTimeProvider();
        using var paused = new PostgresStorage(_data.Options, time: pausedTime);
        var pausedRunning = (PostgresRunningTime)paused.RunningTime;

        await Run(steps: 10);
        pausedTime.Advance(10 * s_step);
        await pausedRunning.Record();

        Assert.Equal(10 * s_step, pausedRunning.Now);
    }

    [Fact]
    public async Task A_node_that_cannot_record_it_stands_still_and_begins_again_afterwards()
    {
        await Run(steps: 4);
        _data.Execute("ALTER TABLE running_time RENAME TO away");
        await Run(steps: 10);
        Assert.Equal((6 * s_step, TimeSpan.Zero), (Running.Now, Running.Since));

        _data.Execute("ALTER TABLE away RENAME TO running_time");
        await Run(steps: 3);

        Assert.InRange(Running.Now, 8 * s_step, 9 * s_step);
        Assert.Equal(6 * s_step, Running.Since);
    }

    private async Task Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            _time.Advance(s_step);
            await Running.Record();
        }
    }
}

using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Sqlite;

/// <summary>
/// The time that servers have run: it goes on after a restart, and a pause is no part of it.
/// </summary>
public sealed class RunningTimeTests : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private SqliteStorage _storage;

    public RunningTimeTests() => _storage = Open();

    private IRunningTime Running => _storage.RunningTime;

    public void Dispose()
    {
        _storage.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void It_begins_at_0_and_goes_on_by_itself()
    {
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (Running.Now, Running.Since));

        Run(steps: 10);

        Assert.Equal((10 * s_step, TimeSpan.Zero), (Running.Now, Running.Since));
    }

    [Fact]
    public void It_goes_on_after_a_restart_where_it_was()
    {
        Run(steps: 10);

        _storage.Dispose();
        _time.Advance(TimeSpan.FromDays(30));
        _storage = Open();

        Assert.Equal((10 * s_step, 10 * s_step), (Running.Now, Running.Since));
    }

    [Fact]
    public async Task A_crash_costs_less_than_a_minute_of_it()
    {
        Run(steps: 10);
        await _storage.Uploads.List(); // what was recorded by then is there

        using var restarted = Open();

        Assert.InRange(restarted.RunningTime.Now, 8 * s_step, 10 * s_step);
    }

    [Fact]
    public void A_pause_is_no_part_of_it_and_it_begins_again_after_it()
    {
        Run(steps: 2);

        _time.Advance(TimeSpan.FromDays(30));

        Assert.Equal((2 * s_step, 2 * s_step), (Running.Now, Running.Since));
        Run(steps: 1);
        Assert.Equal((3 * s_step, 2 * s_step), (Running.Now, Running.Since));
    }

    private SqliteStorage Open() => new(new SqliteStorageOptions { Folder = _folder.Path }, time: _time);

    private void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
            _time.Advance(s_step);
    }
}

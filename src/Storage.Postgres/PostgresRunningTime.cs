using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The running time that all nodes of a cluster share. Each node measures with its monotonic clock
/// and records its time every ten seconds. The row keeps the largest time, and every node goes on
/// from there. So nodes differ by a few seconds at most, and many nodes do not make time pass
/// faster than one. A node that cannot record stands still after a minute, because no client can
/// use it.
/// </summary>
internal sealed class PostgresRunningTime : IRunningTime, IDisposable
{
    private const string RecordTime = "UPDATE running_time SET ran = greatest(ran, $1) RETURNING ran";

    /// <summary>
    /// If the clock was not read for this long although the timer reads it every ten seconds, the
    /// process or the machine was paused, and the time does not count.
    /// </summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _now;
    private TimeSpan _since;
    private TimeSpan _recorded;
    private long _timestamp; // of the last reading of the monotonic clock

    /// <summary>Continues from the running time that was recorded last.</summary>
    public PostgresRunningTime(PostgresDatabase database, TimeSpan recorded, TimeProvider time)
    {
        (_database, _time, _timestamp) = (database, time, time.GetTimestamp());
        _now = _since = _recorded = recorded;
        _timer = time.CreateTimer(_ => _ = Record(), state: null, s_interval, s_interval);
    }

    /// <inheritdoc/>
    public TimeSpan Now
    {
        get
        {
            lock (_lock)
                return Advance();
        }
    }

    /// <inheritdoc/>
    public TimeSpan Since
    {
        get
        {
            lock (_lock)
                return _since;
        }
    }

    /// <summary>The running time that was recorded last.</summary>
    public static TimeSpan Read(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT ran FROM running_time", connection);
        return new TimeSpan((long)command.ExecuteScalar()!);
    }

    /// <summary>Records the time, and goes on from that of the node that is ahead.</summary>
    public async Task Record()
    {
        try
        {
            var recorded = await _database.Write(
                results => results.One(row => row.Span()), new NpgsqlBatchCommand(RecordTime).With(Now.Ticks));
            lock (_lock)
                GoOnFrom(recorded);
        }
        catch (JournalException)
        {
            // The next record, ten seconds later, includes this one.
        }
    }

    /// <summary>Records the time for the last time. The database must still be open.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Task.Run(Record).Wait();
    }

    private TimeSpan Advance()
    {
        var timestamp = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_timestamp, timestamp);
        _timestamp = timestamp;
        if (passed >= s_pause)
            _since = _now;
        else
            _now = Min(_now + passed, _recorded + s_pause);
        return _now;
    }

    private void GoOnFrom(TimeSpan recorded)
    {
        var stoodStill = _now >= _recorded + s_pause;
        _recorded = Max(_recorded, recorded);
        _now = Max(Advance(), recorded);
        if (stoodStill)
            _since = _now;
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

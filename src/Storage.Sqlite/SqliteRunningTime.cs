using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The running time, measured with the monotonic clock and recorded in SQLite once a minute. A
/// crash loses less than a minute, which makes uploads expire later by that time.
/// </summary>
internal sealed class SqliteRunningTime : IRunningTime, IDisposable
{
    private const string ReadTime = "SELECT ran FROM running_time";
    private const string SetTime = "UPDATE running_time SET ran = $now";

    /// <summary>
    /// If the clock was not read for this long although the timer reads it every ten seconds, the
    /// process or the machine was paused, and the time does not count.
    /// </summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_tickInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_recordInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly SqliteWriter _writer;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _now;
    private TimeSpan _since;
    private TimeSpan _recorded;
    private long _timestamp; // of the last reading of the monotonic clock

    /// <summary>Continues from the running time that the last process recorded.</summary>
    public SqliteRunningTime(SqliteDatabase database, SqliteWriter writer, TimeProvider time)
    {
        (_writer, _time, _timestamp) = (writer, time, time.GetTimestamp());
        using (var session = database.OpenToRead())
            _now = _since = _recorded = session.Query(ReadTime).One(row => row.Span());
        _timer = time.CreateTimer(_ => Tick(), state: null, s_tickInterval, s_tickInterval);
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

    /// <summary>
    /// Queues a last record. The caller disposes the writer afterwards, which commits it.
    /// </summary>
    public void Dispose()
    {
        _timer.Dispose();
        _ = Record(Now);
    }

    private TimeSpan Advance()
    {
        var timestamp = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_timestamp, timestamp);
        _timestamp = timestamp;
        if (passed < s_pause)
            _now += passed;
        else
            _since = _now;
        return _now;
    }

    private void Tick()
    {
        var now = Now;
        if (now - _recorded < s_recordInterval)
            return;
        _recorded = now;
        _ = Record(now);
    }

    private async Task Record(TimeSpan now)
    {
        try
        {
            await _writer.Write(session => session.Query(SetTime).Bind(now).Run());
        }
        catch (JournalException)
        {
            // The next record, a minute later, includes this one.
        }
    }
}

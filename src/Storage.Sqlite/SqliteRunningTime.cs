using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Running time in SQLite: counted with the system's monotonic clock and recorded once a minute. What a crash costs of it makes
/// waiting uploads younger by less than a minute.
/// </summary>
internal sealed class SqliteRunningTime : IRunningTime, IDisposable
{
    private const string ReadTime = "SELECT ran FROM running_time";
    private const string SetTime = "UPDATE running_time SET ran = $now";

    /// <summary>Nobody looks for so long only if the process or its machine was paused.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan s_lookInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_recordInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly SqliteWriter _writer;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private TimeSpan _now;
    private TimeSpan _since;
    private TimeSpan _recorded;
    private long _lookedAt;

    /// <summary>Goes on where the last process came to.</summary>
    public SqliteRunningTime(SqliteDatabase database, SqliteWriter writer, TimeProvider time)
    {
        (_writer, _time, _lookedAt) = (writer, time, time.GetTimestamp());
        using (var session = database.OpenToRead())
            _now = _since = _recorded = session.Query(ReadTime).One(row => row.Span());
        _timer = time.CreateTimer(_ => Look(), state: null, s_lookInterval, s_lookInterval);
    }

    /// <inheritdoc/>
    public TimeSpan Now
    {
        get
        {
            lock (_lock)
                return GoOn();
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

    /// <summary>Records it a last time; the writer must still be open.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _ = Record(Now);
    }

    private TimeSpan GoOn()
    {
        var now = _time.GetTimestamp();
        var passed = _time.GetElapsedTime(_lookedAt, now);
        _lookedAt = now;
        if (passed < s_pause)
            _now += passed;
        else
            _since = _now;
        return _now;
    }

    private void Look()
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
            // The next minute is recorded with this one.
        }
    }
}

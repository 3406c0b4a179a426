using Microsoft.Extensions.Logging;
using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The time that all nodes of a cluster share: the clock of PostgreSQL, continued with the node's
/// monotonic clock. PostgreSQL is asked at the start and once a minute; in between, and while it
/// cannot be reached, only the monotonic clock counts. The time never steps back. If it would, it
/// stands still until it is reached again. Timestamps and timers are those of the node.
/// </summary>
public sealed class PostgresTime : TimeProvider, IDisposable
{
    private const string AskTime = "SELECT clock_timestamp()";

    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <summary>An answer that took longer says too little.</summary>
    private static readonly TimeSpan s_slowest = TimeSpan.FromSeconds(1);

    /// <summary>If the node's own clock is further away, a person should know it.</summary>
    private static readonly TimeSpan s_tolerance = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly PostgresDatabase _database;
    private readonly TimeProvider _node;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private DateTimeOffset _asked; // the time of PostgreSQL
    private long _askedAt; // the timestamp at which it was that time
    private DateTimeOffset _last; // the latest time that was told
    private bool _isApart;

    /// <summary>Begins with the time that a connection tells.</summary>
    internal PostgresTime(PostgresDatabase database, NpgsqlConnection connection, TimeProvider node, ILogger log)
    {
        (_database, _node, _log) = (database, node, log);
        var start = node.GetTimestamp();
        using (var command = new NpgsqlCommand(AskTime, connection))
            Set((DateTime)command.ExecuteScalar()!, start, node.GetTimestamp());
        _timer = node.CreateTimer(_ => _ = Ask(), state: null, s_interval, s_interval);
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _node.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _node.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var now = _asked + _node.GetElapsedTime(_askedAt);
            return now > _last ? _last = now : _last;
        }
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _node.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _node.CreateTimer(callback, state, dueTime, period);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>Asks PostgreSQL for the time.</summary>
    internal async Task Ask()
    {
        try
        {
            var start = _node.GetTimestamp();
            var time = await _database.Read(
                results => results.One(row => row.Timestamp()),
                CancellationToken.None,
                new NpgsqlBatchCommand(AskTime));
            var end = _node.GetTimestamp();
            if (_node.GetElapsedTime(start, end) <= s_slowest)
                Set(time, start, end);
        }
        catch (JournalException)
        {
            // The node's monotonic clock goes on, and PostgreSQL is asked again a minute later.
        }
    }

    /// <summary>
    /// Goes on from a time of PostgreSQL, which it told at some moment between two timestamps.
    /// </summary>
    internal void Set(DateTime time, long start, long end)
    {
        var half = _node.GetElapsedTime(start, end) / 2;
        lock (_lock)
            (_asked, _askedAt) = (new DateTimeOffset(time, TimeSpan.Zero) + half, end);
        Compare(new DateTimeOffset(time, TimeSpan.Zero) + half - _node.GetUtcNow());
    }

    private void Compare(TimeSpan offset)
    {
        var isApart = offset.Duration() > s_tolerance;
        if (isApart && !_isApart)
        {
            _log.LogWarning(
                "The clock of PostgreSQL is {Offset} s ahead of this node's clock. The server uses PostgreSQL's: look"
                    + " at the time synchronization of both machines",
                Math.Round(offset.TotalSeconds, 1));
        }
        _isApart = isApart;
    }
}

namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Logs requests that came to nothing, if it is not their own fault. Anybody may send such a request as often as he
/// likes, so of one kind
/// there is one line in a minute, which says how many there were since the last.
/// </summary>
internal sealed class ProblemLog(TimeProvider time, ILogger<ProblemLog> log)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Code, Type Cause), Line> _lines = [];

    /// <summary>Logs what led to a problem.</summary>
    /// <param name="problem">The answer.</param>
    /// <param name="cause">What led to it.</param>
    /// <param name="request">What was asked for; asked only if there will be a line.</param>
    public void Write(ProblemException problem, Exception cause, Func<string> request)
    {
        if (TryTake((problem.Kind.Code, cause.GetType())) is { } before)
        {
            log.Log(
                LevelOf(problem.Kind), cause, "{Request}: {Code}{Before}",
                request(), problem.Kind.Code, before == 0 ? "" : $" ({before} more since the last line)");
        }
    }

    /// <summary>What clients only have to come again for is a warning; somebody should look into the rest.</summary>
    private static LogLevel LevelOf(ProblemKind kind) =>
        kind == ProblemKind.Internal || kind == ProblemKind.StorageFailed ? LogLevel.Error : LogLevel.Warning;

    /// <summary>Whether a kind may have a line now.</summary>
    /// <returns>How many came to nothing since the last line; null if it is too early for another.</returns>
    private long? TryTake((string Code, Type Cause) kind)
    {
        lock (_lock)
        {
            var line = _lines.GetValueOrDefault(kind);
            var isDue = line.At is not { } at || time.GetElapsedTime(at) >= s_quiet;
            _lines[kind] = isDue ? new Line(time.GetTimestamp(), 0) : line with { Held = line.Held + 1 };
            return isDue ? line.Held : null;
        }
    }

    /// <summary>The last line of a kind.</summary>
    private readonly record struct Line(long? At, long Held);
}

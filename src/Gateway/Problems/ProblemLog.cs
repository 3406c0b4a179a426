namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Logs requests that failed through the server's fault. A client can repeat such a request at any
/// rate, so the number of lines is limited for each kind of failure: ten lines, and then one line
/// per minute, which contains the number of failures since the last line.
/// </summary>
internal sealed class ProblemLog(TimeProvider time, ILogger<ProblemLog> log)
{
    private const int Burst = 10;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Code, Type Cause), Budget> _budgets = [];

    /// <summary>Logs the cause of a problem, if its kind may have a line now.</summary>
    /// <param name="problem">The problem that the client receives.</param>
    /// <param name="cause">The cause.</param>
    /// <param name="request">
    /// Describes the request, with its job and media. Called only if a line is written.
    /// </param>
    public void Write(ProblemException problem, Exception cause, Func<string> request)
    {
        if (TryTakeLine((problem.Kind.Code, cause.GetType())) is { } suppressed)
        {
            log.Log(
                LevelOf(problem.Kind), cause, "{Request}: {Code}{Before}",
                request(), problem.Kind.Code, suppressed == 0 ? "" : $" ({suppressed} more since the last line)");
        }
    }

    /// <summary>
    /// A failure that an operator should investigate is an error. A failure that the client's next
    /// attempt overcomes is a warning.
    /// </summary>
    private static LogLevel LevelOf(ProblemKind kind) =>
        kind == ProblemKind.Internal || kind == ProblemKind.StorageFailed ? LogLevel.Error : LogLevel.Warning;

    /// <summary>Takes a line from the budget of a kind of failure.</summary>
    /// <returns>
    /// The number of failures since the last line; null if the budget has no line left.
    /// </returns>
    private long? TryTakeLine((string Code, Type Cause) kind)
    {
        lock (_lock)
        {
            var known = _budgets.TryGetValue(kind, out var found) ? found : new Budget(time.GetTimestamp(), Burst, 0);
            var budget = Refill(known);
            var hasLine = budget.Lines > 0;
            _budgets[kind] = hasLine
                ? budget with { Lines = budget.Lines - 1, Suppressed = 0 }
                : budget with { Suppressed = budget.Suppressed + 1 };
            return hasLine ? budget.Suppressed : null;
        }
    }

    /// <summary>Adds a line to a budget for each minute since the last refill.</summary>
    private Budget Refill(Budget budget)
    {
        var minutes = (int)Math.Min(time.GetElapsedTime(budget.RefilledAt) / s_minute, Burst);
        return minutes == 0
            ? budget
            : budget with { RefilledAt = time.GetTimestamp(), Lines = Math.Min(budget.Lines + minutes, Burst) };
    }

    /// <summary>The budget of lines of a kind of failure.</summary>
    /// <param name="RefilledAt">The timestamp of the last refill, on the monotonic clock.</param>
    /// <param name="Lines">The number of lines that may be written.</param>
    /// <param name="Suppressed">The number of failures since the last line.</param>
    private readonly record struct Budget(long RefilledAt, int Lines, long Suppressed);
}

namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Logs requests that came to nothing, if it is not their own fault. Anybody may send such a request as often as he
/// likes. So the first ten of a kind have a line each, which names the job and the media; after them there is one line
/// in a minute, which says how many there were since the last.
/// </summary>
internal sealed class ProblemLog(TimeProvider time, ILogger<ProblemLog> log)
{
    private const int Burst = 10;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Code, Type Cause), Budget> _budgets = [];

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
            var budget = Refill(_budgets.TryGetValue(kind, out var known) ? known : new Budget(time.GetTimestamp(), Burst, 0));
            var isDue = budget.Lines > 0;
            _budgets[kind] = isDue
                ? budget with { Lines = budget.Lines - 1, Held = 0 }
                : budget with { Held = budget.Held + 1 };
            return isDue ? budget.Held : null;
        }
    }

    /// <summary>A kind gets a line back with each minute.</summary>
    private Budget Refill(Budget budget)
    {
        var minutes = (int)Math.Min(time.GetElapsedTime(budget.At) / s_minute, Burst);
        return minutes == 0
            ? budget
            : budget with { At = time.GetTimestamp(), Lines = Math.Min(budget.Lines + minutes, Burst) };
    }

    /// <summary>How many lines a kind may have since a moment, and how many requests had none.</summary>
    private readonly record struct Budget(long At, int Lines, long Held);
}

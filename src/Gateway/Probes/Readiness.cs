using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;

namespace OrleansIngest.Gateway.Probes;

/// <summary>
/// Decides whether the server is ready, and if not, why. Requests, probes and systemd all get their
/// status from here.
/// </summary>
internal sealed class Readiness(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    private const int RetryAfterSeconds = 2;

    private volatile CheckProgress? _check;

    /// <summary>
    /// Records the progress of the check that runs before the start if the last server did not
    /// close the database.
    /// </summary>
    public void ReportCheck(CheckProgress progress) => _check = progress;

    /// <summary>The status as text for people: <c>ok</c>, or why the server is not ready.</summary>
    public string StatusText => Obstacle?.Message ?? "ok";

    /// <summary>
    /// Why the server cannot serve requests now; null if it can. Reads flags only, so it is cheap
    /// enough for each request; the journal is not queried.
    /// </summary>
    public ProblemException? Obstacle => lifetime switch
    {
        { ApplicationStopping.IsCancellationRequested: true } =>
            new ProblemException(ProblemKind.ShuttingDown, "The server is stopping.").RetryAfter(RetryAfterSeconds),
        { ApplicationStarted.IsCancellationRequested: true } => null,
        _ => Starting(_check),
    };

    /// <summary>As <see cref="Obstacle"/>, and also checks that the journal can be read.</summary>
    public async Task<ProblemException?> Ask(CancellationToken cancellation)
    {
        if (Obstacle is { } obstacle)
            return obstacle;
        try
        {
            await services.GetRequiredService<IJobIndex>().List("", 1, cancellation);
            return null;
        }
        catch (JournalException e)
        {
            return new ProblemException(ProblemKind.Unavailable, "The journal does not answer.", e)
                .RetryAfter(RetryAfterSeconds);
        }
    }

    private static ProblemException Starting(CheckProgress? check)
    {
        var detail = $"The server is starting.{Describe(check)}";
        var problem = new ProblemException(ProblemKind.Starting, detail).RetryAfter(RetryAfterSeconds);
        return check is { Of: > 0 } ? problem.With("checkedEvents", check.Events).With("events", check.Of) : problem;
    }

    private static string Describe(CheckProgress? check)
    {
        if (check is null)
            return "";
        var what = check.Of == 0 ? "the pages of the database" : $"{check.Events} of {check.Of} events";
        return $" The last one did not stop properly, so what it stored is checked first: {what}.";
    }
}

using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Whether the server can do its work, and if not, why: the one place that says so, to clients and to probes.
/// </summary>
internal sealed class Readiness(IServiceProvider services, IHostApplicationLifetime lifetime)
{
    private const int ComeBack = 2; // seconds

    private volatile CheckProgress? _check;

    /// <summary>The check of a database that was not closed has come so far.</summary>
    public void Checks(CheckProgress progress) => _check = progress;

    /// <summary>What the server is doing, for people.</summary>
    public string Words => Obstacle?.Message ?? "ok";

    /// <summary>
    /// Why no request can be served now; null if they can. The journal is not asked: this costs nothing.
    /// </summary>
    public ProblemException? Obstacle => lifetime switch
    {
        { ApplicationStopping.IsCancellationRequested: true } =>
            new ProblemException(ProblemKind.ShuttingDown, "The server is stopping.").RetryAfter(ComeBack),
        { ApplicationStarted.IsCancellationRequested: true } => null,
        _ => Starting(_check),
    };

    /// <summary>As <see cref="Obstacle"/>, and the journal is asked too.</summary>
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
                .RetryAfter(ComeBack);
        }
    }

    private static ProblemException Starting(CheckProgress? check)
    {
        var problem = new ProblemException(ProblemKind.Starting, $"The server is starting.{Describe(check)}").RetryAfter(ComeBack);
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

using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Hosting;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: it can do its work, the journal answers and it is not stopping.</summary>
internal static class Health
{
    /// <summary>Answered whatever else the server can do.</summary>
    public const string Alive = "/healthz";

    private const string Ready = "/readyz";

    /// <summary>Whether a request only asks how the server is: no limit of requests keeps it from being answered.</summary>
    public static bool IsAsked(HttpRequest request) => request.Path == Alive || request.Path == Ready;

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Alive, () => "ok\n");
        routes.MapGet(Ready, IsReady);
    }

    private static async Task<string> IsReady(IJobIndex index, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            throw new ProblemException(ProblemKind.ShuttingDown, "The server is stopping.").RetryAfter(2);
        try
        {
            await index.List("", 1, cancellation);
            return "ready\n";
        }
        catch (JournalException e)
        {
            throw new ProblemException(ProblemKind.Unavailable, "The journal does not answer.", e).RetryAfter(2);
        }
    }
}

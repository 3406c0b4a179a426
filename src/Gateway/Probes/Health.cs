using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace OrleansIngest.Gateway.Probes;

/// <summary>
/// The health endpoints. <c>/healthz</c> is the liveness probe: the process responds.
/// <c>/readyz</c> and <c>grpc.health.v1</c> are the readiness probes: the server has started, is
/// not stopping, and the journal can be read. docs/probes.md says which one to use where.
/// </summary>
internal static class Health
{
    /// <summary>
    /// The path of the liveness probe. No limit and no state of the server keeps it
    /// from being served.
    /// </summary>
    public const string Alive = "/healthz";

    private const string Ready = "/readyz";
    private const string Grpc = "/grpc.health.v1.Health";

    /// <summary>
    /// The service names that <c>grpc.health.v1</c> knows. The empty name is the whole server, and
    /// each service has its status.
    /// </summary>
    private static readonly string[] s_services = ["", "ingest.v1.ActivityFeed", "ingest.v1.Jobs", "ingest.v1.Devices"];

    /// <summary>
    /// Whether a request is a health probe. Probes are exempt from the request rate and from
    /// <see cref="ReadyGuard"/>.
    /// </summary>
    public static bool IsAsked(HttpRequest request) =>
        request.Path == Alive || request.Path == Ready
        || request.Path.StartsWithSegments(Grpc, StringComparison.Ordinal);

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<Readiness>();
        services.AddGrpcHealthChecks(health => Array.ForEach(s_services, name => health.Services.Map(name, _ => true)))
            .AddCheck<ReadyCheck>("ready");
    }

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet(Alive, (Readiness readiness) => $"{readiness.StatusText}\n");
        app.MapGet(Ready, async (Readiness readiness, CancellationToken cancellation) =>
            await readiness.Ask(cancellation) is { } problem ? throw problem : "ready\n");
        app.MapGrpcHealthChecksService();
        app.Lifetime.ApplicationStarted.Register(() => Tell(app.Services.GetRequiredService<HealthServiceImpl>()));
    }

    /// <summary>
    /// Sets the status that <c>grpc.health.v1</c> watchers see as soon as the server has started;
    /// otherwise they would wait for the next periodic check. The health package itself reports
    /// that the server stops.
    /// </summary>
    private static void Tell(HealthServiceImpl health) =>
        Array.ForEach(s_services, name => health.SetStatus(name, ServingStatus.Serving));

    /// <summary>The readiness check behind <c>grpc.health.v1</c>.</summary>
    private sealed class ReadyCheck(Readiness readiness) : IHealthCheck
    {
        /// <inheritdoc/>
        public async Task<HealthCheckResult> CheckHealthAsync(
            HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await readiness.Ask(cancellationToken) is { } problem
                ? HealthCheckResult.Unhealthy(problem.Message)
                : HealthCheckResult.Healthy();
    }
}

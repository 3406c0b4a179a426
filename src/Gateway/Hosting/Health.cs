using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// <c>/healthz</c>: the process lives. <c>/readyz</c> and <c>grpc.health.v1</c>: it can do its work, the journal
/// answers and it is not stopping. docs/probes.md says what to use where.
/// </summary>
internal static class Health
{
    /// <summary>Answered whatever else the server can do.</summary>
    public const string Alive = "/healthz";

    private const string Ready = "/readyz";
    private const string Grpc = "/grpc.health.v1.Health";

    /// <summary>
    /// What <c>grpc.health.v1</c> can be asked about: the server, or one of its services. Their health is the server's.
    /// </summary>
    private static readonly string[] s_services = ["", "ingest.v1.ActivityFeed", "ingest.v1.Jobs", "ingest.v1.Devices"];

    /// <summary>Whether a request only asks how the server is: no limit of requests keeps it from being answered.</summary>
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
        app.MapGet(Alive, (Readiness readiness) => $"{readiness.Words}\n");
        app.MapGet(Ready, async (Readiness readiness, CancellationToken cancellation) =>
            await readiness.Ask(cancellation) is { } problem ? throw problem : "ready\n");
        app.MapGrpcHealthChecksService();
        app.Lifetime.ApplicationStarted.Register(() => Tell(app.Services.GetRequiredService<HealthServiceImpl>()));
    }

    /// <summary>Watchers hear at once that the server is ready. That it stops they are told by the package.</summary>
    private static void Tell(HealthServiceImpl health) =>
        Array.ForEach(s_services, name => health.SetStatus(name, ServingStatus.Serving));

    /// <summary>The same answer for <c>grpc.health.v1</c>.</summary>
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

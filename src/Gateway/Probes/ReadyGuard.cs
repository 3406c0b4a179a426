
namespace OrleansIngest.Gateway.Probes;

/// <summary>
/// Refuses requests before the server is ready and after the signal to stop. Health
/// probes always pass.
/// </summary>
internal sealed class ReadyGuard(RequestDelegate next, Readiness readiness)
{
    public Task InvokeAsync(HttpContext context) =>
        readiness.Obstacle is { } obstacle && !Health.IsAsked(context.Request) ? throw obstacle : next(context);
}

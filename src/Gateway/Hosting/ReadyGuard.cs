namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Lets no request in before the server is ready, and none after the signal to stop, but those that ask how it is.
/// </summary>
internal sealed class ReadyGuard(RequestDelegate next, Readiness readiness)
{
    public Task InvokeAsync(HttpContext context) =>
        readiness.Obstacle is { } obstacle && !Health.IsAsked(context.Request) ? throw obstacle : next(context);
}

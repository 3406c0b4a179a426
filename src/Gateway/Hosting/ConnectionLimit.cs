using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansIngest.Gateway.Probes;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Limits the open connections of both ports together. A connection above the limit gets one
/// response (503 with <c>Retry-After</c>) and is then closed, so the client knows why. These
/// responses take descriptors too: beyond <see cref="Descriptors.Told"/> further connections, new
/// ones are closed without a response.
/// </summary>
internal sealed class ConnectionLimit(HeadRoom heads, Descriptors descriptors)
{
    private readonly Lock _lock = new();
    private int _open;

    /// <summary>Counts a newly accepted connection.</summary>
    /// <returns>False if the connection must be closed at once. It is then not counted.</returns>
    public bool TryEnter(ConnectionContext connection)
    {
        var open = Change(+1);
        if (open > descriptors.Connections)
            connection.Features.Set(new OverLimit(descriptors.Connections));
        if (open <= descriptors.Connections + descriptors.Told)
            return true;
        Change(-1);
        return false;
    }

    /// <summary>
    /// Connection middleware: runs the rest of the pipeline and stops counting the connection when
    /// it ends.
    /// </summary>
    public async Task Leave(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await next(connection);
        }
        finally
        {
            Change(-1);
        }
    }

    private int Change(int by)
    {
        lock (_lock)
        {
            _open += by;
            // Inside the lock: the limits of Kestrel must match the number of connections that was
            // set last.
            heads.Fit(_open);
            return _open;
        }
    }

    /// <summary>
    /// Request middleware: on a connection above the limit it refuses the request and closes
    /// the connection. The liveness probe <c>/healthz</c> is always served, or a full server
    /// would be restarted.
    /// </summary>
    /// <exception cref="ProblemException">
    /// The connection is above the limit (<see cref="ProblemKind.TooManyConnections"/>).
    /// </exception>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<OverLimit>() is not { } overLimit || context.Request.Path == Health.Alive)
            return next(context);
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        throw new ProblemException(ProblemKind.TooManyConnections, "Too many clients are connected; try again.")
            .With("maxConnections", overLimit.Max).RetryAfter(5);
    }

    /// <summary>The feature that marks a connection above the limit.</summary>
    private sealed record OverLimit(int Max);
}

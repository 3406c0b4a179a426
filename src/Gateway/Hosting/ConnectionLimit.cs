using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Counts connections, on both ports together. One too many is not just dropped: its request is told to come again. That
/// costs connections too, so beyond some more of them there is nothing left but to drop.
/// </summary>
internal sealed class ConnectionLimit(HeadRoom heads, Descriptors descriptors)
{
    private readonly Lock _lock = new();
    private int _open;

    /// <summary>A connection is accepted.</summary>
    /// <returns>False if it has to be dropped.</returns>
    public bool TryEnter(ConnectionContext connection)
    {
        var open = Change(+1);
        if (open > descriptors.Connections)
            connection.Features.Set(new OneTooMany(descriptors.Connections));
        if (open <= descriptors.Connections + descriptors.Told)
            return true;
        Change(-1);
        return false;
    }

    /// <summary>Runs what a connection is for, until it ends.</summary>
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
            heads.Fit(_open);
            return _open;
        }
    }

    /// <summary>For each request: if it comes on a connection too many, it is told so and the connection ends. Whether the process lives is always answered.</summary>
    public static Task Guard(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<OneTooMany>() is not { } tooMany || context.Request.Path == Health.Alive)
            return next(context);
        context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        throw new ProblemException(ProblemKind.TooManyConnections, "Too many clients are connected; try again.")
            .With("maxConnections", tooMany.Max).RetryAfter(5);
    }

    /// <summary>Marks a connection.</summary>
    private sealed record OneTooMany(int Max);
}

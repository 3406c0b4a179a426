using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Counts connections, on both ports together. One too many is not just dropped: its request is told to come again. That
/// costs connections too, so beyond some more of them there is nothing left but to drop.
/// </summary>
internal sealed class ConnectionLimit(IngestOptions options)
{
    /// <summary>So many are told; beyond them connections are dropped.</summary>
    private const int MaxTold = 256;

    private int _open;

    /// <summary>Counts a connection for as long as it lasts.</summary>
    public async Task Count(ConnectionContext connection, ConnectionDelegate next)
    {
        var open = Interlocked.Increment(ref _open);
        try
        {
            if (open > options.MaxConnections)
                connection.Features.Set(new OneTooMany(options.MaxConnections));
            if (open <= options.MaxConnections + MaxTold)
                await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
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

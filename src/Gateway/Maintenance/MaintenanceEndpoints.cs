using System.Net;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// <c>POST /maintenance/sweep?grace=</c> and <c>POST /maintenance/scrub?job=</c>: for whoever looks after the server, from its
/// own machine.
/// </summary>
internal static class MaintenanceEndpoints
{
    public static void MapMaintenance(this IEndpointRouteBuilder routes)
    {
        var maintenance = routes.MapGroup("/maintenance").AddEndpointFilter(OnlyFromHere);
        maintenance.MapPost("/sweep", (TimeSpan? grace, Sweeper sweeper, CancellationToken cancellation) => sweeper.Sweep(Valid(grace), cancellation));
        maintenance.MapPost("/scrub", (string? job, Scrubber scrubber, CancellationToken cancellation) =>
            scrubber.Scrub(job is null ? null : Parse.Job(job), cancellation));
    }

    /// <summary>Not from another machine, and not from a web page that somebody looks at on this one: a page says its Origin.</summary>
    private static ValueTask<object?> OnlyFromHere(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        context.HttpContext.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && context.HttpContext.Request.Headers.Origin.Count == 0
            ? next(context)
            : throw new ProblemException(ProblemKind.LocalOnly, "Ask on the server's own machine.");

    private static TimeSpan? Valid(TimeSpan? grace) => grace < TimeSpan.Zero
        ? throw new ProblemException(ProblemKind.InvalidArgument, "`grace` is a time such as 01:00:00, or 0.")
        : grace;
}

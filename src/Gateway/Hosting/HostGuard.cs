using System.Net;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Refuses requests whose <c>Host</c> is not a name of this server. Listening on loopback alone
/// does not protect it: a web page could make its own name resolve to 127.0.0.1 (DNS rebinding),
/// and then the browser takes the server for the page's own origin.
/// </summary>
internal sealed class HostGuard(RequestDelegate next, IngestOptions options)
{
    private const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;

    private readonly HashSet<string> _allowed = new(
        ["localhost", .. options.AllowedHosts.Split(',', Clean)], StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        return IsAllowed(context.Request.Host.Host)
            ? next(context)
            : throw new ProblemException(
                ProblemKind.ForbiddenHost, "Use its address, or name the host in Ingest:AllowedHosts.");
    }

    /// <summary>An IP address is always allowed, as DNS rebinding needs a name.</summary>
    private bool IsAllowed(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _) || _allowed.Contains(host) || _allowed.Contains("*");
}

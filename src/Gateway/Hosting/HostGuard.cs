using System.Net;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Answers only to names that are its own. Loopback is not private: without this a web page could have its name resolve
/// to 127.0.0.1 (DNS rebinding) and talk to the server as if it were its own.
/// </summary>
internal sealed class HostGuard(RequestDelegate next, IngestOptions options)
{
    private readonly HashSet<string> _allowed = new(
        ["localhost", .. options.AllowedHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
        StringComparer.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        if (!IsAllowed(context.Request.Host.Host))
            throw new ProblemException(ProblemKind.ForbiddenHost, "Use its address, or name the host in Ingest:AllowedHosts.");
        return next(context);
    }

    /// <summary>An address cannot be rebound; a name must be known.</summary>
    private bool IsAllowed(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _) || _allowed.Contains(host) || _allowed.Contains("*");
}

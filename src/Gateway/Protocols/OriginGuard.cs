using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>
/// Protects ordinary uploads from cross-site request forgery. A browser sends a simple POST of any
/// page to any server without a preflight; CORS only hides the response. So the server refuses a
/// request from a page whose origin is neither the server's own nor named in <c>CorsOrigins</c>.
/// </summary>
internal sealed class OriginGuard(IOptions<CorsOptions> cors)
{
    private readonly CorsPolicy _policy = cors.Value.GetPolicy(cors.Value.DefaultPolicyName)!;

    /// <summary>
    /// Checks the <c>Origin</c> header. A request without it does not come from a web
    /// page and passes.
    /// </summary>
    /// <exception cref="ProblemException">
    /// The origin is not allowed (<see cref="ProblemKind.ForbiddenOrigin"/>).
    /// </exception>
    public void Check(HttpRequest request)
    {
        if (request.Headers.Origin is not [] and var origin && !IsKnown(request, origin.ToString()))
            throw new ProblemException(ProblemKind.ForbiddenOrigin, "Name the page's origin in Ingest:CorsOrigins.");
    }

    private bool IsKnown(HttpRequest request, string origin) =>
        _policy.AllowAnyOrigin || _policy.IsOriginAllowed(origin) || origin == $"{request.Scheme}://{request.Host}";
}

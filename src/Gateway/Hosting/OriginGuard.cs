using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// A browser lets any web page send an ordinary POST anywhere without asking first (CORS only hides the answer). So where one would
/// do something, pages are refused whose origin is neither the server's own nor named in <c>CorsOrigins</c>.
/// </summary>
internal sealed class OriginGuard(IOptions<CorsOptions> cors)
{
    private readonly CorsPolicy _policy = cors.Value.GetPolicy(cors.Value.DefaultPolicyName)!;

    /// <summary>Lets programs and known pages pass.</summary>
    /// <exception cref="ProblemException">A page of another origin sends this.</exception>
    public void Check(HttpRequest request)
    {
        if (request.Headers.Origin is not [] and var origin && !IsKnown(request, origin.ToString()))
            throw new ProblemException(ProblemKind.ForbiddenOrigin, "Name the page's origin in Ingest:CorsOrigins.");
    }

    private bool IsKnown(HttpRequest request, string origin) =>
        _policy.AllowAnyOrigin || _policy.IsOriginAllowed(origin) || origin == $"{request.Scheme}://{request.Host}";
}

using System.Buffers;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Downloads;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Ietf;
using OrleansIngest.Gateway.Protocols.Tus;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Cross-Origin Resource Sharing (CORS): web pages may use the server only if the configuration
/// names their origin.
/// </summary>
internal static class Cors
{
    /// <summary>
    /// The value of <c>CorsOrigins</c> that allows every page to read and send, but without the
    /// user's credentials.
    /// </summary>
    public const string AnyOrigin = "*";

    /// <summary>
    /// How long a browser may cache a preflight response. Without it each photo would cost a
    /// preflight request.
    /// </summary>
    private static readonly TimeSpan s_preflightMaxAge = TimeSpan.FromDays(1);

    /// <summary>
    /// The characters of a comma-separated list of header names (RFC 9110, section 5.6).
    /// </summary>
    private static readonly SearchValues<char> s_headerNames =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~, \t");

    public static void AddNamedOrigins(this IServiceCollection services, IngestOptions options) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options)));

    /// <summary>
    /// Adds CORS. It must come before all middleware that can refuse a request: a page can read a
    /// problem response only if the response has the CORS headers. Without <c>CorsOrigins</c>
    /// nothing is added.
    /// </summary>
    public static void UseNamedOrigins(this WebApplication app, IngestOptions options)
    {
        if (options.CorsOrigins.Length == 0)
            return;
        app.Use(VaryByOrigin);
        app.Use(CheckRequestedHeaders);
        app.UseCors();
    }

    private static void Allow(CorsPolicyBuilder policy, IngestOptions options)
    {
        const StringSplitOptions Clean = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        policy
            .WithOrigins(options.CorsOrigins.Split(',', Clean))
            .WithMethods("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
            .AllowAnyHeader()
            .WithExposedHeaders(
            [
                .. TusHeaders.Exposed, .. IetfHeaders.Exposed, .. UploadAnswers.Exposed, .. MediaEndpoint.Exposed,
                "Grpc-Status", "Grpc-Message", GrpcProblems.Trailer,
            ])
            .SetPreflightMaxAge(s_preflightMaxAge);
        if (options.CorsOrigins != AnyOrigin)
            policy.AllowCredentials(); // a named page may send the cookies and HTTP authentication of its user
    }

    /// <summary>
    /// Adds <c>Vary: Origin</c> to every response. Otherwise a cache could give a page the response
    /// to a client without <c>Origin</c>, which has no CORS headers. ASP.NET Core adds the header
    /// in some cases only.
    /// </summary>
    private static Task VaryByOrigin(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpResponse)state).Headers;
            if (!headers.Vary.Contains(HeaderNames.Origin))
                headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            return Task.CompletedTask;
        }, context.Response);
        return next(context);
    }

    /// <summary>
    /// Refuses a preflight whose <c>Access-Control-Request-Headers</c> is not a list of header
    /// names: the framework copies the value into the response.
    /// </summary>
    private static Task CheckRequestedHeaders(HttpContext context, RequestDelegate next) =>
        context.Request.Headers.AccessControlRequestHeaders.ToString().AsSpan().ContainsAnyExcept(s_headerNames)
            ? throw new ProblemException(
                ProblemKind.InvalidArgument, "Access-Control-Request-Headers is a list of names of headers.")
            : next(context);
}

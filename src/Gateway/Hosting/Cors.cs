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

/// <summary>Which web pages may use the server: none but those whose origin the configuration names.</summary>
internal static class Cors
{
    /// <summary>In <c>CorsOrigins</c>: any page may read and send, but without its visitor's credentials.</summary>
    public const string AnyOrigin = "*";

    /// <summary>A day: without it each photo would cost a preflight.</summary>
    private static readonly TimeSpan s_preflightMaxAge = TimeSpan.FromDays(1);

    /// <summary>What lists of names are made of (RFC 9110, section 5.6).</summary>
    private static readonly SearchValues<char> s_headerNames =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~, \t");

    public static void AddNamedOrigins(this IServiceCollection services, IngestOptions options) =>
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options)));

    /// <summary>
    /// Before everything that can refuse a request, so that a page may read why. Where no page may use the server,
    /// no request has to be asked whether it comes from one.
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
            policy.AllowCredentials(); // a page that is named may use what its visitor is signed in with
    }

    /// <summary>
    /// Every answer depends on where the request comes from, also an answer to a program, which says no origin: a cache
    /// must not give that one to a page. The framework says so only in some cases.
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

    /// <summary>The names that a preflight asks for come back in its answer, so they must be names.</summary>
    private static Task CheckRequestedHeaders(HttpContext context, RequestDelegate next) =>
        context.Request.Headers.AccessControlRequestHeaders.ToString().AsSpan().ContainsAnyExcept(s_headerNames)
            ? throw new ProblemException(
                ProblemKind.InvalidArgument, "Access-Control-Request-Headers is a list of names of headers.")
            : next(context);
}

using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>What the framework's span and measurement of a request do not say by themselves.</summary>
internal static class RequestTelemetry
{
    private static readonly HashSet<string> s_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    /// <summary>For each request: its span has a name that says which kind it is, and OpenTelemetry's attributes of a server.</summary>
    public static async Task Describe(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        finally
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
                Describe(span, context);
        }
    }

    /// <summary>A request came to nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The code of the problem that is the answer, or another word.</param>
    public static void Failed(HttpContext context, string error)
    {
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new(Telemetry.ErrorType, error));
        if (Telemetry.Source.HasListeners())
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(Telemetry.ErrorType, error);
    }

    private static void Describe(Activity span, HttpContext context)
    {
        var request = context.Request;
        var method = s_methods.Contains(request.Method) ? request.Method : "_OTHER"; // a client may send any word
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.request.method", method);
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        span.SetTag(Telemetry.Job, request.RouteValues["job"]);
        span.SetTag(Telemetry.Media, request.RouteValues["media"]?.ToString());
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}

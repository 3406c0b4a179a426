using Microsoft.AspNetCore.Http.Features;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Adds the error code to the span and the metrics that ASP.NET Core records for a request.
/// </summary>
internal static class RequestTelemetry
{
    /// <summary>Records that a request failed.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">
    /// The code of the problem that is sent, or another low-cardinality word.
    /// </param>
    public static void Failed(HttpContext context, string error)
    {
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new(Telemetry.ErrorType, error));
        if (Telemetry.Source.HasListeners())
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(Telemetry.ErrorType, error);
    }
}

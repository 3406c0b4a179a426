using Microsoft.AspNetCore.Http.Features;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>What the framework's span and measurement of a request do not say by themselves.</summary>
internal static class RequestTelemetry
{
    /// <summary>A request came to nothing.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">The code of the problem that is the answer, or another word.</param>
    public static void Failed(HttpContext context, string error)
    {
        context.Features.Get<IHttpMetricsTagsFeature>()?.Tags.Add(new(Telemetry.ErrorType, error));
        if (Telemetry.Source.HasListeners())
            context.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(Telemetry.ErrorType, error);
    }
}

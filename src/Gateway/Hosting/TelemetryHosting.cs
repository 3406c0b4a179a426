using System.Diagnostics;
using System.Reflection;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Sends metrics and spans to the OpenTelemetry collector of
/// <see cref="IngestOptions.OtlpEndpoint"/>. Without one nothing is measured. OpenTelemetry's own
/// environment variables configure the rest. If the collector is down, its data is dropped and the
/// server is not affected.
/// </summary>
internal static class TelemetryHosting
{
    private const string ServiceName = "orleans-ingest";

    /// <summary>The name of Orleans' meter.</summary>
    private const string OrleansMeter = "Microsoft.Orleans";

    /// <summary>
    /// Adds the telemetry. Call it before other services are added: hosted services stop in reverse
    /// order, so the telemetry records their shutdown too.
    /// </summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, IngestOptions options)
    {
        if (options.OtlpEndpoint.Length == 0)
            return;
        // Sets OpenTelemetry's own variable, which has the same meaning with every OTLP protocol
        // (gRPC or HTTP).
        builder.Configuration.AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", options.OtlpEndpoint)]);
        builder.Services.AddHostedService<TelemetryShutdown>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name, OrleansMeter)
                .AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddOtlpExporter())
            .WithTracing(spans => spans.AddSource(Telemetry.Name)
                .AddAspNetCoreInstrumentation(Enrich).AddOtlpExporter());
    }

    /// <summary>
    /// Describes this process. A deployment of several servers names them in
    /// <c>OTEL_SERVICE_NAME</c> or <c>OTEL_RESOURCE_ATTRIBUTES</c>, which override the default.
    /// </summary>
    private static void Describe(ResourceBuilder resource) => resource
        .AddService(ServiceName, serviceVersion: Version())
        .AddEnvironmentVariableDetector();

    private static void Enrich(AspNetCoreTraceInstrumentationOptions requests) =>
        requests.EnrichWithHttpResponse =
            static (span, response) => AddRouteTags(span, response.HttpContext.Request.RouteValues);

    private static void AddRouteTags(Activity span, RouteValueDictionary route)
    {
        span.SetTag(Telemetry.Job, route["job"]);
        span.SetTag(Telemetry.Media, route["media"]?.ToString());
    }

    private static string? Version() => typeof(TelemetryHosting).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

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
/// Sends metrics and spans to the collector of <see cref="IngestOptions.OtlpEndpoint"/>. Without one nothing is measured.
/// OpenTelemetry's own variables say the rest. A collector that is away costs what it misses, and nothing else.
/// </summary>
internal static class TelemetryHosting
{
    private const string ServiceName = "orleans-ingest";

    /// <summary>The meter of the real Orleans packages.</summary>
    private const string OrleansMeter = "Microsoft.Orleans";

    /// <summary>Adds it, before all other services: services stop in the reverse order, so it hears them to the end.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, IngestOptions options)
    {
        if (options.OtlpEndpoint.Length == 0)
            return;
        // Our option is the variable that names the collector, so that it means the same with every protocol.
        builder.Configuration.AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", options.OtlpEndpoint)]);
        builder.Services.AddHostedService<TelemetryShutdown>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(Describe)
            .WithMetrics(metrics => metrics.AddMeter(Telemetry.Name, OrleansMeter)
                .AddAspNetCoreInstrumentation().AddRuntimeInstrumentation().AddOtlpExporter())
            .WithTracing(spans => spans.AddSource(Telemetry.Name)
                .AddAspNetCoreInstrumentation(Enrich).AddOtlpExporter());
    }

    /// <summary>A deployment with several servers names them in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES.</summary>
    private static void Describe(ResourceBuilder resource) => resource
        .AddService(ServiceName, serviceVersion: Version())
        .AddEnvironmentVariableDetector();

    private static void Enrich(AspNetCoreTraceInstrumentationOptions requests) =>
        requests.EnrichWithHttpResponse = static (span, response) => Name(span, response.HttpContext.Request.RouteValues);

    private static void Name(Activity span, RouteValueDictionary route)
    {
        span.SetTag(Telemetry.Job, route["job"]);
        span.SetTag(Telemetry.Media, route["media"]?.ToString());
    }

    private static string? Version() => typeof(TelemetryHosting).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Metrics and spans leave the process if the configuration names a collector. Without one nobody listens to them.</summary>
internal static class TelemetryHosting
{
    /// <summary>Before all other services: so it hears of them from the beginning, and to the end.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder, IngestOptions options)
    {
        if (HasCollector(options))
            builder.Services.AddHostedService<TelemetryExport>();
    }

    /// <summary>Before all other middleware: the answer is what the client gets.</summary>
    public static void UseTelemetry(this WebApplication app, IngestOptions options)
    {
        if (HasCollector(options))
            app.Use(RequestTelemetry.Describe);
    }

    private static bool HasCollector(IngestOptions options) => options.OtlpEndpoint.Length > 0;
}

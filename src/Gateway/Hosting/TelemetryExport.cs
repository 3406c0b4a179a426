using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansIngest.Grains;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Sends metrics and spans to the collector of <see cref="IngestOptions.OtlpEndpoint"/>. All else that can be said of it is
/// said with OpenTelemetry's own variables. A collector that is away costs what it misses, and nothing else.
/// </summary>
internal sealed class TelemetryExport(IngestOptions options, IConfiguration configuration) : IHostedService
{
    private const string ServiceName = "orleans-ingest";

    /// <summary>How long the end of the process waits for a collector that does not answer: less than the host's whole time to stop.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private static readonly string[] s_meters =
        [Telemetry.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private static readonly string[] s_sources = [Telemetry.Name, "Microsoft.AspNetCore"];

    private MeterProvider? _metrics;
    private TracerProvider? _spans;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics = Sdk.CreateMeterProviderBuilder().ConfigureServices(Configure).ConfigureResource(Describe)
            .AddMeter(s_meters).AddOtlpExporter().Build();
        _spans = Sdk.CreateTracerProviderBuilder().ConfigureServices(Configure).ConfigureResource(Describe)
            .AddSource(s_sources).AddOtlpExporter().Build();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var patience = (int)s_patience.TotalMilliseconds;
        await Task.WhenAll(
            Task.Run(() => _metrics?.Shutdown(patience), CancellationToken.None),
            Task.Run(() => _spans?.Shutdown(patience), CancellationToken.None));
    }

    /// <summary>Our option stands for the variable that names the collector, so that it means the same with every protocol.</summary>
    private void Configure(IServiceCollection services) => services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
        .AddConfiguration(configuration)
        .AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", options.OtlpEndpoint)])
        .Build());

    /// <summary>Whoever runs several names them in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES.</summary>
    private static void Describe(ResourceBuilder resource) => resource
        .AddService(ServiceName, serviceVersion: Version())
        .AddEnvironmentVariableDetector();

    private static string? Version() =>
        typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
}

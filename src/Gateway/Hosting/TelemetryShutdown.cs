using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Sends what is left when the server stops, and waits only a short time for a collector that does not answer.</summary>
internal sealed class TelemetryShutdown(MeterProvider metrics, TracerProvider spans) : IHostedService
{
    /// <summary>Less than the host's whole time to stop. The providers' own limit is five seconds each.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        var patience = (int)s_patience.TotalMilliseconds;
        return Task.WhenAll(
            Task.Run(() => metrics.Shutdown(patience), CancellationToken.None),
            Task.Run(() => spans.Shutdown(patience), CancellationToken.None));
    }
}

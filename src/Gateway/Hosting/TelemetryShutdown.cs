using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Exports the remaining telemetry when the server stops, with a timeout in case the collector does
/// not respond.
/// </summary>
internal sealed class TelemetryShutdown(MeterProvider metrics, TracerProvider spans) : IHostedService
{
    /// <summary>
    /// The timeout of each provider; both run at the same time. It is below the host's shutdown
    /// timeout, which their default of five seconds is not.
    /// </summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        var timeout = (int)s_timeout.TotalMilliseconds;
        return Task.WhenAll(
            Task.Run(() => metrics.Shutdown(timeout), CancellationToken.None),
            Task.Run(() => spans.Shutdown(timeout), CancellationToken.None));
    }
}

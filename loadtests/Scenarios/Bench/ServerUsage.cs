using System.Diagnostics;
using NBomber.Contracts;
using NBomber.Contracts.Metrics;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>The server's CPU, memory and handles as gauges of the report.</summary>
/// <param name="process">The process of the server.</param>
internal sealed class ServerUsage(int process) : IAsyncDisposable
{
    /// <summary>The gauge of the peak of memory, in MiB.</summary>
    public const string PeakMemory = "server's peak memory";

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(500);

    private readonly IGauge _cpu = Metric.CreateGauge("server's CPU", "% of a core");
    private readonly IGauge _meanCpu = Metric.CreateGauge("server's CPU, so far", "% of a core");
    private readonly IGauge _memory = Metric.CreateGauge("server's memory", "MiB");
    private readonly IGauge _peak = Metric.CreateGauge(PeakMemory, "MiB");
    private readonly IGauge _handles = Metric.CreateGauge("server's handles", "open");
    private readonly CancellationTokenSource _over = new();
    private Task _measuring = Task.CompletedTask;

    /// <summary>Called with each measurement.</summary>
    public Action<ProcessUsage>? Measured { get; set; }

    /// <summary>Starts to measure.</summary>
    public void Start(IScenarioInitContext context)
    {
        foreach (var gauge in new[] { _cpu, _meanCpu, _memory, _peak, _handles })
            context.RegisterMetric(gauge);
        _measuring = Measure();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _measuring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }

    private async Task Measure()
    {
        using var pace = new PeriodicTimer(s_interval);
        var first = Moment.Now(process);
        var last = first;
        while (await pace.WaitForNextTickAsync(_over.Token))
        {
            var now = Moment.Now(process);
            _cpu.Set(now.CpuSince(last));
            _meanCpu.Set(now.CpuSince(first));
            last = now;
            var usage = now.Usage;
            _memory.Set(Mebibytes(usage.Resident));
            _peak.Set(Mebibytes(usage.Peak));
            _handles.Set(usage.Handles);
            Measured?.Invoke(usage);
        }
    }

    private static double Mebibytes(long bytes) => Math.Round(bytes / (double)(1 << 20), 1);

    private sealed record Moment(long At, ProcessUsage Usage)
    {
        public static Moment Now(int process) => new(Stopwatch.GetTimestamp(), ProcessUsage.Of(process));

        /// <summary>CPU in percent of a core.</summary>
        public double CpuSince(Moment earlier) =>
            Math.Round(100 * ((Usage.Cpu - earlier.Usage.Cpu) / Stopwatch.GetElapsedTime(earlier.At, At)), 1);
    }
}

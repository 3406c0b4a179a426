using OrleansIngest.LoadTests.Compare.Measuring;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>A figure of a round, as reports show it.</summary>
/// <param name="Name">The name, with its unit.</param>
/// <param name="Of">Reads the figure from a round.</param>
internal sealed record Figure(string Name, Func<RoundFigures, double> Of)
{
    public static readonly Figure Uploads = new("uploads/s", round => round.UploadsPerSecond);
    public static readonly Figure Megabytes = new("MB/s", round => round.MegabytesPerSecond);
    public static readonly Figure P50 = new("p50 ms", round => round.P50.TotalMilliseconds);
    public static readonly Figure P99 = new("p99 ms", round => round.P99.TotalMilliseconds);
    public static readonly Figure CpuPerUpload = new("CPU us/upload", round => round.CpuMicrosecondsPerUpload);
    public static readonly Figure CpuPerGigabyte = new("CPU s/GB", round => round.CpuSecondsPerGigabyte);
    public static readonly Figure PeakMemory = new("peak MB", round => round.PeakMemory / 1e6);
    public static readonly Figure ClientBusy = new("client busy %", round => round.ClientBusy * 100);

    public static readonly Figure[] All =
        [Uploads, Megabytes, P50, P99, CpuPerUpload, CpuPerGigabyte, PeakMemory, ClientBusy];
}

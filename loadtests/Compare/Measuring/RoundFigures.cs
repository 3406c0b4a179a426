namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>What one server did in one round. A GB is 10^9 bytes.</summary>
/// <param name="Uploads">How many ended.</param>
/// <param name="Bytes">All theirs together.</param>
/// <param name="Elapsed">From the first one's begin to the last one's end.</param>
/// <param name="ServerCpu">User and system time of all the server's processes.</param>
/// <param name="ClientCpu">The same of this program, which tells whether it was the bottleneck.</param>
/// <param name="PeakMemory">The most that the server had in this round, in bytes.</param>
/// <param name="P50">Half of the uploads took no longer, from the first byte of the request to the answer.</param>
/// <param name="P99">99 of 100 took no longer.</param>
internal sealed record RoundFigures(
    int Uploads, long Bytes, TimeSpan Elapsed, TimeSpan ServerCpu, TimeSpan ClientCpu, long PeakMemory, TimeSpan P50, TimeSpan P99)
{
    public double UploadsPerSecond => Uploads / Elapsed.TotalSeconds;

    public double MegabytesPerSecond => Bytes / 1e6 / Elapsed.TotalSeconds;

    public double CpuMicrosecondsPerUpload => ServerCpu.TotalMicroseconds / Uploads;

    public double CpuSecondsPerGigabyte => ServerCpu.TotalSeconds / (Bytes / 1e9);

    public double ClientBusy => ClientCpu / Elapsed;
}

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>The figures of one server in one round. A GB is 10^9 bytes.</summary>
/// <param name="Uploads">The number of uploads that ended.</param>
/// <param name="Bytes">The bytes of all these uploads.</param>
/// <param name="Elapsed">
/// The time from the start of the first upload to the end of the last.
/// </param>
/// <param name="ServerCpu">User and system time of all processes of the server.</param>
/// <param name="ClientCpu">
/// User and system time of this program; it shows whether the client was the bottleneck.
/// </param>
/// <param name="PeakMemory">The server's peak of memory in this round, in bytes.</param>
/// <param name="P50">
/// The median time of an upload, from the first byte of the request to the answer.
/// </param>
/// <param name="P99">The 99th percentile of that time.</param>
internal sealed record RoundFigures(
    int Uploads, long Bytes, TimeSpan Elapsed, TimeSpan ServerCpu, TimeSpan ClientCpu, long PeakMemory,
    TimeSpan P50, TimeSpan P99)
{
    public double UploadsPerSecond => Uploads / Elapsed.TotalSeconds;

    public double MegabytesPerSecond => Bytes / 1e6 / Elapsed.TotalSeconds;

    public double CpuMicrosecondsPerUpload => ServerCpu.TotalMicroseconds / Uploads;

    public double CpuSecondsPerGigabyte => ServerCpu.TotalSeconds / (Bytes / 1e9);

    public double ClientBusy => ClientCpu / Elapsed;
}

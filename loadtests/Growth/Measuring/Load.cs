using System.Diagnostics;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Measuring;

/// <summary>The cost of a number of uploads.</summary>
/// <param name="Uploads">The number of uploads.</param>
/// <param name="Elapsed">
/// The time from the start of the first upload to the end of the last.
/// </param>
/// <param name="ServerCpu">User and system time of the server.</param>
/// <param name="ClientCpu">User and system time of this program.</param>
internal sealed record Load(int Uploads, TimeSpan Elapsed, TimeSpan ServerCpu, TimeSpan ClientCpu)
{
    public double UploadsPerSecond => Uploads / Elapsed.TotalSeconds;

    public double CpuMicrosecondsPerUpload => ServerCpu.TotalMicroseconds / Uploads;

    public double ServerBusy => ServerCpu / Elapsed;

    public double ClientBusy => ClientCpu / Elapsed;

    /// <summary>
    /// Runs a closed loop: each connection takes the next upload when it has its answer.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="crowd">The connections.</param>
    /// <param name="uploads">The number of uploads.</param>
    /// <param name="upload">Makes the upload with this number, from 0 on.</param>
    public static Load Run(TestServer server, Crowd crowd, int uploads, Action<Connection, int> upload) =>
        Run(server, crowd, uploads, upload, static (_, _) => { });

    /// <summary>
    /// Runs an open loop: uploads begin at a steady rate, as long as a connection is free.
    /// </summary>
    /// <param name="server">The server.</param>
    /// <param name="crowd">The connections.</param>
    /// <param name="uploads">The number of uploads.</param>
    /// <param name="rate">Uploads per second.</param>
    /// <param name="upload">Makes an upload.</param>
    public static Load Run(TestServer server, Crowd crowd, int uploads, double rate, Action<Connection> upload) =>
        Run(
            server, crowd, uploads, (connection, _) => upload(connection),
            (clock, number) => WaitUntil(clock, TimeSpan.FromSeconds(number / rate)));

    private static Load Run(
        TestServer server, Crowd crowd, int uploads, Action<Connection, int> upload, Action<Stopwatch, int> wait)
    {
        var (serverCpu, clientCpu) = (server.Usage.Cpu, Environment.CpuUsage.TotalTime);
        var clock = Stopwatch.StartNew();
        var next = -1;
        crowd.Do(connection =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < uploads;)
            {
                wait(clock, number);
                upload(connection, number);
            }
            return true;
        });
        return new(uploads, clock.Elapsed, server.Usage.Cpu - serverCpu, Environment.CpuUsage.TotalTime - clientCpu);
    }

    private static void WaitUntil(Stopwatch clock, TimeSpan time)
    {
        if (time - clock.Elapsed is { Ticks: > 0 } left)
            Thread.Sleep(left);
    }
}

using System.Diagnostics;
using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>
/// One server's turn: a closed loop on each connection, until the limit of time, uploads or bytes
/// is reached.
/// </summary>
internal sealed class Round(RunningPeer peer, Workload body, int connections, TimeSpan time)
{
    private const long MostUploads = 2000;
    private const long MostBytes = 512_000_000;

    private readonly List<Upload> _uploads = [];
    private long _left = Math.Max(connections, Math.Min(MostUploads, MostBytes / body.Size));

    private readonly record struct Upload(string Location, TimeSpan Took);

    /// <summary>The paths of the uploads.</summary>
    public IEnumerable<string> Locations => _uploads.Select(upload => upload.Location);

    public RoundFigures Run()
    {
        using var crowd = new Crowd(peer.Address, connections);
        ProcessUsage.ForgetPeak(peer.Process.Id);
        var (server, client) = (peer.Process.Usage, ClientCpu);
        var clock = Stopwatch.StartNew();
        _uploads.AddRange(crowd.Do(UploadAll).SelectMany(all => all));
        return Figures(clock.Elapsed, peer.Process.Usage.Cpu - server.Cpu, ClientCpu - client);
    }

    /// <summary>
    /// The CPU time of this process. The servers are its children and are not included.
    /// </summary>
    private static TimeSpan ClientCpu => Environment.CpuUsage.TotalTime;

    private RoundFigures Figures(TimeSpan elapsed, TimeSpan serverCpu, TimeSpan clientCpu)
    {
        List<TimeSpan> times = [.. _uploads.Select(upload => upload.Took).Order()];
        return new(
            times.Count, (long)times.Count * body.Size, elapsed, serverCpu, clientCpu, peer.Process.Usage.Peak,
            times.Percentile(50), times.Percentile(99));
    }

    private List<Upload> UploadAll(Connection connection)
    {
        var uploads = new List<Upload>();
        var round = Stopwatch.StartNew();
        while (round.Elapsed < time && Interlocked.Decrement(ref _left) >= 0)
        {
            var begin = Stopwatch.GetTimestamp();
            var location = peer.Protocol.Upload(connection, body);
            uploads.Add(new(location, Stopwatch.GetElapsedTime(begin)));
        }
        return uploads;
    }
}

using System.Diagnostics;
using System.Security.Cryptography;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare.Measuring;

/// <summary>
/// The minimum cost of a server that promises a SHA-256: one pass over the bytes, on the server's
/// core.
/// </summary>
internal static class Sha256Pass
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(100);

    /// <summary>Hashes such bodies for a while.</summary>
    /// <returns>Seconds per GB.</returns>
    public static double Measure(Workload body) => Task.Factory
        .StartNew(
            () => OnServerCore(body), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
        .GetAwaiter().GetResult();

    private static double OnServerCore(Workload body)
    {
        Cores.PinThread(Cores.Server);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var clock = Stopwatch.StartNew();
        long bytes = 0;
        for (; clock.Elapsed < s_time; bytes += body.Size)
            Pass(hash, body);
        return clock.Elapsed.TotalSeconds / (bytes / 1e9);
    }

    private static void Pass(IncrementalHash hash, Workload body)
    {
        for (var offset = 0; offset < body.Size; offset += body.Chunk)
            hash.AppendData(Content.Of(Math.Min(body.Chunk, body.Size - offset)));
        hash.GetHashAndReset();
    }
}

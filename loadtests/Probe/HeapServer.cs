using System.Net.Sockets;

namespace OrleansIngest.LoadTests.Probe;

/// <summary>
/// Answers queries about the process in which it runs. It allocates hardly anything, and runs only
/// when it is asked.
/// </summary>
internal static class HeapServer
{
    public static void Run()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(HeapProbe.EndPoint(Environment.GetEnvironmentVariable(HeapProbe.Variable)!));
        listener.Listen();
        while (true)
        {
            using var socket = listener.Accept();
            Answer(socket);
        }
    }

    private static void Answer(Socket socket)
    {
        using var stream = new NetworkStream(socket);
        var usage = stream.ReadByte() == HeapProbe.Collect
            ? Collect()
            : new HeapUsage(Allocated, 0, 0, GC.CollectionCount(GC.MaxGeneration));
        usage.Write(stream);
    }

    /// <summary>
    /// Collects twice, for objects that a finalizer held, and returns unused memory to the system.
    /// </summary>
    private static HeapUsage Collect()
    {
        CollectOnce();
        var before = Large(static generation => generation.SizeBeforeBytes);
        GC.WaitForPendingFinalizers();
        CollectOnce();
        return new(
            Allocated, before, Large(static generation => generation.SizeAfterBytes),
            GC.CollectionCount(GC.MaxGeneration));
    }

    private static long Allocated => GC.GetTotalAllocatedBytes(precise: true);

    private static void CollectOnce() =>
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static long Large(Func<GCGenerationInfo, long> size) =>
        size(GC.GetGCMemoryInfo(GCKind.Any).GenerationInfo[GC.MaxGeneration + 1]);
}

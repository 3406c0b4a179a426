using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansIngest.LoadTests.Support;

/// <summary>Which cores a measurement gives to whom: one to the server and another to its client, where the machine has two.</summary>
public static partial class Cores
{
    private const int CallingThread = 0;

    private static readonly int[] s_allowed = [.. Allowed()];

    /// <summary>The server's. The last one, because the first one serves most interrupts.</summary>
    public static int Server => s_allowed[^1];

    /// <summary>The client's; the server's too if there is only one.</summary>
    public static int Client => s_allowed[0];

    /// <summary>Whether client and server have a core each.</summary>
    public static bool AreTwo => Server != Client;

    /// <summary>The threads of this process, and those that they start, run on this core only.</summary>
    public static void PinProcess(int core)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            Pin(int.Parse(Path.GetFileName(thread)), core);
    }

    /// <summary>The calling thread, and those that it starts, run on this core only.</summary>
    public static void PinThread(int core) => Pin(CallingThread, core);

    private static void Pin(int thread, int core)
    {
        var mask = new ulong[(core / 64) + 1];
        mask[core / 64] = 1UL << (core % 64);
        if (sched_setaffinity(thread, mask.Length * sizeof(ulong), mask) < 0)
            throw new InvalidOperationException($"Core {core}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Those that this process may use, such as <c>0-1,4</c>.</summary>
    private static IEnumerable<int> Allowed() =>
        from range in ProcFile.Value("/proc/self/status", "Cpus_allowed_list").Split(',')
        let ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray()
        from core in Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
        select core;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nint size, ulong[] mask);
}

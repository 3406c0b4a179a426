using System.Globalization;
using System.Runtime.InteropServices;

namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// The cores of the machine: one for the server and another for its client, if the machine has two.
/// </summary>
public static partial class Cores
{
    private const int CallingThread = 0;

    private static readonly int[] s_allowed = [.. Allowed()];

    /// <summary>
    /// The core of the server: the last one, because the first one serves most interrupts.
    /// </summary>
    public static int Server => s_allowed[^1];

    /// <summary>The core of the client; it is also the server's if there is only one.</summary>
    public static int Client => s_allowed[0];

    /// <summary>Whether client and server have a core each.</summary>
    public static bool AreTwo => Server != Client;

    /// <summary>
    /// Restricts the threads of this process, and the threads that they start, to one core.
    /// </summary>
    public static void PinProcess(int core)
    {
        foreach (var thread in Directory.EnumerateDirectories("/proc/self/task"))
            Pin(int.Parse(Path.GetFileName(thread)), core);
    }

    /// <summary>
    /// Restricts the calling thread, and the threads that it starts, to one core.
    /// </summary>
    public static void PinThread(int core) => Pin(CallingThread, core);

    private static void Pin(int thread, int core)
    {
        var mask = new ulong[(core / 64) + 1];
        mask[core / 64] = 1UL << (core % 64);
        if (sched_setaffinity(thread, mask.Length * sizeof(ulong), mask) < 0)
            throw new InvalidOperationException($"Core {core}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// The cores that this process may use. The system lists them as in <c>0-1,4</c>.
    /// </summary>
    private static IEnumerable<int> Allowed() =>
        from range in ProcFile.Value("/proc/self/status", "Cpus_allowed_list").Split(',')
        let ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray()
        from core in Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
        select core;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_setaffinity(int thread, nint size, ulong[] mask);
}

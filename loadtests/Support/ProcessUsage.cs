using System.Runtime.InteropServices;

namespace OrleansIngest.LoadTests.Support;

/// <summary>
/// The resources that a process and its children have used so far. Read them before and after a
/// measurement, and subtract.
/// </summary>
/// <param name="Cpu">User and system time of all threads.</param>
/// <param name="Resident">The memory in use now, in bytes.</param>
/// <param name="Peak">
/// The peak of memory since the start or <see cref="ForgetPeak"/>, in bytes; for several processes,
/// the sum of their peaks.
/// </param>
/// <param name="Handles">The number of open file descriptors.</param>
public readonly partial record struct ProcessUsage(TimeSpan Cpu, long Resident, long Peak, int Handles)
{
    /// <summary>Reads the resources of a process.</summary>
    public static ProcessUsage Of(int process) => Family(process).Select(One).Aggregate((a, b) =>
        new(a.Cpu + b.Cpu, a.Resident + b.Resident, a.Peak + b.Peak, a.Handles + b.Handles));

    /// <summary>Starts <see cref="Peak"/> anew.</summary>
    public static void ForgetPeak(int process)
    {
        foreach (var id in Family(process))
            File.WriteAllText($"/proc/{id}/clear_refs", "5");
    }

    private static ProcessUsage One(int process) => new(
        CpuOf(process),
        ProcFile.Bytes($"/proc/{process}/status", "VmRSS"),
        ProcFile.Bytes($"/proc/{process}/status", "VmHWM"),
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count());

    private static IEnumerable<int> Family(int process) => Children(process).SelectMany(Family).Prepend(process);

    private static IEnumerable<int> Children(int process) =>
        from thread in Directory.EnumerateDirectories($"/proc/{process}/task")
        from child in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)
        select int.Parse(child);

    /// <summary>
    /// The CPU time of a process by its own clock, in nanoseconds. /proc has it in hundredths of a
    /// second, which is too coarse for short rounds.
    /// </summary>
    private static TimeSpan CpuOf(int process)
    {
        if (clock_getcpuclockid(process, out var clock) != 0 || clock_gettime(clock, out var time) != 0)
            throw new InvalidOperationException($"Process {process} has no CPU clock: it has ended.");
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc")]
    private static partial int clock_getcpuclockid(int process, out int clock);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}

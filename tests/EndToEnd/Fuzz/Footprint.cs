using System.Globalization;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>What a process holds.</summary>
/// <param name="Files">Open file descriptors.</param>
/// <param name="Memory">Bytes of its own memory.</param>
internal sealed record Footprint(int Files, long Memory)
{
    public static Footprint Of(int process) =>
        new(Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, MemoryOf(process));

    private static long MemoryOf(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status")
            .Single(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

using System.Runtime.InteropServices;

namespace OrleansIngest.LoadTests.Support.Reports;

/// <summary>The machine of the measurement.</summary>
public static class Machine
{
    /// <summary>Facts about the machine, as name and value.</summary>
    public static IReadOnlyDictionary<string, string> Facts { get; } = new Dictionary<string, string>
    {
        ["Processor"] = $"{Processor()}, {Sharing()}",
        ["System"] = RuntimeInformation.OSDescription,
        ["File system"] = FileSystem(),
        [".NET"] = RuntimeInformation.FrameworkDescription,
    };

    private static string Sharing() => Cores.AreTwo
        ? "one core for the server, another for the client"
        : "ONE core for server and client: only CPU figures mean something";

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?
            .Split(':')[1].Trim() ?? "unknown";

    private static string FileSystem() =>
        DriveInfo.GetDrives()
            .Where(drive => Paths.Artifacts.StartsWith(drive.Name, StringComparison.Ordinal))
            .MaxBy(drive => drive.Name.Length)?.DriveFormat ?? "unknown";
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>On what it was measured.</summary>
internal static class Machine
{
#if STANDINS
    private const string Packages = "standins/";
#else
    private const string Packages = "the real packages";
#endif

    public static IReadOnlyDictionary<string, string> Facts { get; } = new Dictionary<string, string>
    {
        ["Processor"] = $"{Processor()}, {(Cores.AreTwo ? "one core for the server, another for the client" : "ONE core for server and client: only CPU figures mean something")}",
        ["System"] = RuntimeInformation.OSDescription,
        ["File system"] = FileSystem(),
        [".NET"] = RuntimeInformation.FrameworkDescription,
        ["Orleans and gRPC"] = Packages,
        ["Node.js"] = Says("node", "--version"),
        ["@tus/server"] = TusVersion(),
        ["nginx"] = Says("nginx", "-v").Replace("nginx version: ", "", StringComparison.Ordinal),
    };

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private static string FileSystem() =>
        DriveInfo.GetDrives().Where(drive => Paths.Artifacts.StartsWith(drive.Name, StringComparison.Ordinal)).MaxBy(drive => drive.Name.Length)?.DriveFormat ?? "unknown";

    private static string TusVersion()
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(Paths.LoadTests, "Compare", "peers", "package.json")));
        return package.RootElement.GetProperty("dependencies").GetProperty("@tus/server").GetString()!;
    }

    private static string Says(string program, string option)
    {
        var start = new ProcessStartInfo(program, [option]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        return (process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd()).Trim();
    }
}

using System.Diagnostics;
using System.Text.Json;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Compare.Reports;

/// <summary>The machine, and the versions of the other servers.</summary>
internal static class Peers
{
    public static IReadOnlyDictionary<string, string> Facts { get; } = new Dictionary<string, string>(Machine.Facts)
    {
        ["Node.js"] = Says("node", "--version"),
        ["@tus/server"] = TusVersion(),
        ["nginx"] = Says("nginx", "-v").Replace("nginx version: ", "", StringComparison.Ordinal),
    };

    private static string TusVersion()
    {
        using var package = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Paths.LoadTests, "Compare", "peers", "package.json")));
        return package.RootElement.GetProperty("dependencies").GetProperty("@tus/server").GetString()!;
    }

    private static string Says(string program, string option)
    {
        var start = new ProcessStartInfo(program, [option])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        return (process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd()).Trim();
    }
}

using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace StandIns.Grpc.Tests.Support;

/// <summary>Runs the Node client of this folder, which is the real gRPC library of that world.</summary>
internal static class NodeClient
{
    private static readonly string Folder =
        typeof(NodeClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "NodeClient").Value!;

    // Once for all tests of this run.
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    /// <summary>What the client saw when it called this server.</summary>
    public static async Task<JsonElement> CallAsync(Uri server)
    {
        await Installed.Value;
        var report = await RunAsync("node", ["client.js", server.Authority, Path.Combine(Folder, "..", "echo.proto")], TimeSpan.FromMinutes(1));
        return JsonDocument.Parse(report).RootElement;
    }

    private static async Task InstallAsync()
    {
        // npm writes this file last.
        if (!File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"))) await RunAsync("npm", ["ci"], TimeSpan.FromMinutes(5));
    }

    private static async Task<string> RunAsync(string program, string[] arguments, TimeSpan limit)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync().WaitAsync(limit);
            Assert.True(process.ExitCode == 0, $"{program} {arguments[0]} ended with {process.ExitCode}: {await errors}");
            return await output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

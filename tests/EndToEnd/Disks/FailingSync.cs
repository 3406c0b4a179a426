using System.Runtime.CompilerServices;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Disks;

/// <summary>A server on a disk that can be made to fail once (<c>failing_sync.c</c>).</summary>
internal sealed class FailingSync : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private IngestServer? _server;

    private FailingSync()
    {
    }

    public IngestServer Server => _server!;

    /// <summary>Why there can be none here, or null.</summary>
    public static string? Obstacle =>
        !OperatingSystem.IsLinux() ? "A failing fdatasync is made for Linux."
        : Environment.GetEnvironmentVariable("PATH")!.Split(':')
            .Any(folder => File.Exists(Path.Combine(folder, "gcc"))) ? null
        : "A failing fdatasync needs gcc.";

    public static async Task<FailingSync> Start()
    {
        var disk = new FailingSync();
        await disk.Build();
        disk._server = await IngestServer.StartWith(
            ["env", $"LD_LIBRARY_PATH={disk._folder.Path}", $"FAILING_SYNC={disk._folder.Path}"]);
        return disk;
    }

    /// <summary>The media store's next call of <c>fdatasync</c> or <c>fsync</c> fails.</summary>
    public void FailOnce(string call) => File.WriteAllText(_folder.File(call), "");

    /// <summary>It has failed.</summary>
    public void MustHaveFailed(string call) => Assert.False(File.Exists(_folder.File(call)), $"Nobody called {call}.");

    /// <summary>
    /// What could not be written is lost: noise takes its place in the only unfinished file.
    /// </summary>
    public void Lose(long from)
    {
        var incoming = Directory.GetFiles(Path.Combine(Server.DataDir, "incoming"), "*", SearchOption.AllDirectories);
        using var file = File.OpenWrite(Assert.Single(incoming));
        file.Position = from;
        file.Write(TestMedia.Bytes((int)(file.Length - from), seed: 99));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>
    /// Builds it as <c>libc.so</c>: .NET looks for a library of that name
    /// before it takes the system's own.
    /// </summary>
    private async Task Build()
    {
        await using var gcc = new ChildProcess(
            "gcc",
            ["-Wall", "-Werror", "-shared", "-fPIC", "-o", _folder.File("libc.so"), "failing_sync.c"],
            Paths.Disks);
        Assert.True(await Eventually.Comes("end of gcc", gcc.Ended) == 0, gcc.Errors);
    }
}

/// <summary>A theory that needs a <see cref="FailingSync"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FailingSyncTheoryAttribute : TheoryAttribute
{
    public FailingSyncTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = FailingSync.Obstacle;
}

/// <summary>
/// A test that needs a <see cref="FailingSync"/>; where there can be
/// none, it says why it is skipped.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FailingSyncFactAttribute : FactAttribute
{
    public FailingSyncFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = FailingSync.Obstacle;
}

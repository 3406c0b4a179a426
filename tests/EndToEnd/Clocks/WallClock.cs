using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clocks;

/// <summary>
/// A server whose wall clock can be set while it runs (<c>wall_clock.c</c>). Its
/// monotonic clock is the system's.
/// </summary>
internal sealed class WallClock : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private IngestServer? _server;

    private WallClock()
    {
    }

    public IngestServer Server => _server!;

    /// <summary>What the server's wall clock says.</summary>
    public DateTimeOffset Now => DateTimeOffset.UtcNow + Ahead;

    private TimeSpan Ahead { get; set; }

    private string Setting => _folder.File("ahead");

    /// <summary>Starts a server, by a wall clock that is right.</summary>
    /// <param name="options">As for <see cref="IngestServer.Start"/>.</param>
    public static async Task<WallClock> Start(params string[] options)
    {
        var clock = new WallClock();
        await clock.Build();
        clock.Jump(TimeSpan.Zero);
        clock._server = await IngestServer.StartWith(
            ["env", $"LD_PRELOAD={clock._folder.File("wall_clock.so")}", $"WALL_CLOCK={clock.Setting}"], options);
        return clock;
    }

    /// <summary>Sets it, from one moment to the next.</summary>
    public void Jump(TimeSpan by)
    {
        Ahead += by;
        using var file = File.Open(Setting, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        file.Write(BitConverter.GetBytes((long)Ahead.TotalSeconds));
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task Build()
    {
        string[] options =
            ["-Wall", "-Werror", "-shared", "-fPIC", "-o", _folder.File("wall_clock.so"), "wall_clock.c"];
        await using var gcc = new ChildProcess("gcc", options, Paths.Clocks);
        Assert.True(await Eventually.Comes("end of gcc", gcc.Ended) == 0, gcc.Errors);
    }
}

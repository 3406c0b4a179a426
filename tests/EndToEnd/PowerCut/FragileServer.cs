using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A server on a <see cref="ForgetfulDisk"/>.</summary>
internal sealed class FragileServer : IAsyncDisposable
{
    private FragileServer(params string[] options)
    {
        Server = IngestServer.Create(options);
        Disk = new ForgetfulDisk(Server.Folder);
    }

    public IngestServer Server { get; }

    public ForgetfulDisk Disk { get; }

    /// <summary>Starts one with an empty disk.</summary>
    public static async Task<FragileServer> Start(params string[] options)
    {
        var fragile = Create(options);
        await fragile.Restart();
        return fragile;
    }

    /// <summary>One that has not been started yet.</summary>
    public static FragileServer Create(params string[] options) => new(options);

    /// <summary>Starts it on what the disk has, after a crash or a power cut.</summary>
    public async Task Restart()
    {
        Disk.Spare();
        Assert.True(await TryRestart(), $"The server did not start: {Server.Log}");
    }

    /// <summary>As <see cref="Restart"/>, to die again.</summary>
    /// <param name="killAt">
    /// The point at which this process dies, such as <c>after-commit:2</c>.
    /// </param>
    /// <returns>False if it ended before it was ready.</returns>
    public async Task<bool> TryRestart(string? killAt = null) => await Server.TryRestart(killAt, await Disk.ToUse());

    /// <summary>Ends when it has killed itself.</summary>
    public Task Dies() => Eventually.Comes("end of the server", Server.Ended);

    /// <summary>The process ends at once, and the disk keeps what it has.</summary>
    public async Task CutPower(Left left, Random luck)
    {
        if (!Server.Ended.IsCompleted)
            await Server.Kill();
        await Disk.Cut(left, luck);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Disk.Dispose();
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// A finished file moves to another folder, and a disk keeps each
/// folder as it was at its last sync.
/// </summary>
public sealed class MoveTests
{
    private const string Job = "roof-7";

    private readonly Guid _media = Fresh.Media();

    /// <summary>
    /// Its old folder is synced for another upload before its new folder is: the disk must not have
    /// forgotten the old name by then.
    /// </summary>
    [PowerCutFact]
    public async Task It_is_in_one_of_them_whatever_was_synced()
    {
        await using var fragile = await FragileServer.Start();
        var server = fragile.Server;
        await Upload.CreateWith(Job, _media, [1, 2, 3], 5).Run(server);
        var old = StoreFiles.Holding(server, [1, 2, 3]);
        fragile.Disk.Slow("data/media/*", TimeSpan.FromMinutes(5));
        var completion = Record.ExceptionAsync(() => Upload.Patch(Job, _media, 3, [4, 5]).Run(server));
        await Eventually.True("it is in its new folder", () =>
            StoreFiles.Of(server).Exists(file => file.Name == old.Name && file.FullName != old.FullName));

        await Eventually.True("its old folder is synced", async () =>
        {
            await Upload.CreateWith(Job, Fresh.Media(), [6], 7).Run(server);
            return old.Directory!.EnumerateFiles().Any(file => file.Name != old.Name);
        });
        await fragile.CutPower(Left.OnlyWhatWasSynced, new Random(1));
        Assert.NotNull(await completion);
        await fragile.Restart();

        await Upload.Head(Job, _media, 3, 5).Run(server);
        await Upload.Patch(Job, _media, 3, [4, 5]).Run(server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(Job, _media).Run(server)).Body);
    }
}

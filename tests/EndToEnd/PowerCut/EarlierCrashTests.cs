using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>
/// A process crashes, the next one goes on, and then the power goes. Nobody knows how far the first
/// one came: the second relies on nothing that it finds, and syncs it before it tells anybody.
/// </summary>
public sealed class EarlierCrashTests
{
    private const string Job = "roof-7";
    private const string AnyPlace = "*/????????????????????????????????";

    private static readonly byte[] s_bytes = [1, 2, 3, 4, 5];

    private readonly Guid _media = Fresh.Media();

    [PowerCutTheory]
    [InlineData(AnyPlace)]
    [InlineData("data/incoming/??")]
    [InlineData("data/incoming")]
    [InlineData("data/ingest.db-wal")]
    public Task What_is_told_is_durable_after_a_crash_in_a_checkpoint(string notSynced) => MustBeDurable(3, notSynced);

    [PowerCutTheory]
    [InlineData(AnyPlace)]
    [InlineData("data/media/??/??")]
    [InlineData("data/media/??")]
    [InlineData("data/media")]
    [InlineData("data/ingest.db-wal")]
    public Task What_is_told_is_durable_after_a_crash_in_a_completion(string notSynced) => MustBeDurable(5, notSynced);

    /// <summary>
    /// The very first process made the data folder and died before it had synced its name.
    /// </summary>
    [PowerCutFact]
    public async Task The_data_folder_itself_is_durable()
    {
        await using var fragile = FragileServer.Create();
        fragile.Disk.KillAt(".");
        Assert.False(await fragile.TryRestart());
        await fragile.Restart();
        await Upload.CreateWith(Job, _media, [1], 1).Run(fragile.Server);

        await fragile.CutPower(Left.OnlyWhatWasSynced, new Random(1));
        await fragile.Restart();

        Assert.Equal([1], (await Upload.Download(Job, _media).Run(fragile.Server)).Body);
    }

    /// <summary>
    /// All bytes came before the crash. No client is told that they are stored before the journal
    /// knows it, although that takes a while.
    /// </summary>
    [PowerCutFact]
    public async Task Created_once_more_a_whole_upload_is_stored_before_that_is_said()
    {
        await using var fragile = FragileServer.Create();
        var server = fragile.Server;
        Assert.True(await fragile.TryRestart(killAt: "after-sync"));
        await Upload.CreateWith(Job, _media, [1, 2, 3], 5).Run(server);
        await Record.ExceptionAsync(() => Upload.Patch(Job, _media, 3, [4, 5]).Run(server));
        await fragile.Dies();
        fragile.Disk.Slow("data/media*", TimeSpan.FromSeconds(1));
        await fragile.Restart();

        var again = await Upload.Create(Job, _media, 5).Run(server);

        Assert.Equal("5", again["Upload-Offset"]);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(Job, _media).Run(server)).Body);
    }

    /// <summary>A crash while so many bytes come, then a power cut when so many are told.</summary>
    private async Task MustBeDurable(int count, string notSynced)
    {
        await using var fragile = await FragileServer.Start();
        var server = fragile.Server;
        var patch = Upload.Patch(Job, _media, 0, s_bytes[..count]);
        await Upload.Create(Job, _media, s_bytes.Length).Run(server);
        fragile.Disk.KillAt(notSynced);
        await Record.ExceptionAsync(() => patch.Run(server));
        await fragile.Dies();
        await fragile.Restart();
        if (await Upload.Offset(server, Job, _media) == 0)
            await patch.Run(server);
        await Upload.Head(Job, _media, count, s_bytes.Length).Run(server);

        await fragile.CutPower(Left.OnlyWhatWasSynced, new Random(1));
        await fragile.Restart();

        await Upload.Head(Job, _media, count, s_bytes.Length).Run(server);
        if (count < s_bytes.Length)
            await Upload.Patch(Job, _media, count, s_bytes[count..]).Run(server);
        Assert.Equal(s_bytes, (await Upload.Download(Job, _media).Run(server)).Body);
    }
}

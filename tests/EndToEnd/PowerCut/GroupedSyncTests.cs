using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>Waiting for the disk is shared.</summary>
public sealed class GroupedSyncTests(ITestOutputHelper output)
{
    private const string Job = "roof-7";
    private const int Uploads = 128;

    private readonly Guid[] _media = [.. Enumerable.Range(0, Uploads).Select(_ => Fresh.Media())];

    /// <summary>On a disk that is slow enough for them to meet.</summary>
    [PowerCutFact]
    public async Task Checkpoints_of_one_moment_share_the_journals_syncs()
    {
        await using var fragile = await FragileServer.Start();
        await Task.WhenAll(_media.Select(media => Upload.Create(Job, media, 9).Run(fragile.Server)));
        var before = JournalSyncs(fragile);
        fragile.Disk.Slow("*", TimeSpan.FromMilliseconds(100));

        await Task.WhenAll(_media.Select(media => Upload.Patch(Job, media, 0, [1, 2, 3]).Run(fragile.Server)));

        var syncs = JournalSyncs(fragile) - before;
        output.WriteLine($"{Uploads} checkpoints, {syncs} syncs of the journal");
        Assert.InRange(syncs, 1, Uploads / 2);
    }

    private static int JournalSyncs(FragileServer fragile) =>
        fragile.Disk.Syncs.Count(sync => sync.EndsWith("/ingest.db-wal", StringComparison.Ordinal));
}

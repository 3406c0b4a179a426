using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>
/// A job takes so many media and bytes. Uploads under way count, and an upload that has
/// started is never thrown away.
/// </summary>
[Collection(LimitsCollection.Name)]
public sealed class JobFullTests(LimitsServer fixture)
{
    private const int Half = (int)LimitsServer.MaxBytes / 2;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task A_media_too_many_is_refused_and_leaves_nothing_behind()
    {
        await Fill();

        var refused = await Upload.Create(_job, _media, 10).Refused(413, "job-full").Run(_server);
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Refused(413, "job-full").Run(_server);

        Assert.Equal(LimitsServer.MaxMedia.ToString(), refused.Member("maxMedia"));
        Assert.Equal(LimitsServer.MaxBytes.ToString(), refused.Member("maxBytes"));
        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
        Assert.Equal(LimitsServer.MaxMedia, (await fixture.Grpc.GetJob(_job)).Received.Total);
    }

    [Fact]
    public async Task Deleting_a_media_makes_room_for_another()
    {
        var first = await Fill();

        await fixture.Grpc.DeleteMedia(_job, first);

        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);
    }

    [Fact]
    public async Task Bytes_that_are_on_their_way_count()
    {
        await Upload.Create(_job, Fresh.Media(), Half).Run(_server);
        await Upload.Create(_job, _media, Half + 1).Refused(413, "job-full").Run(_server);
        await Upload.Create(_job, _media, Half).Run(_server);

        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Refused(413, "job-full").Run(_server);
    }

    [Fact]
    public async Task What_is_made_of_parts_takes_room_when_its_length_is_known()
    {
        var (known, later) = (await Partial.Create(_server, _job, Half), await Partial.Create(_server, _job, null));
        await Upload.CreateFinal(_job, _media, [known.Url, later.Url]).Run(_server);
        await later.Patch(0, [1]).With("Upload-Length", "1").Run(_server);

        await Upload.Create(_job, Fresh.Media(), Half).Refused(413, "job-full").Run(_server);
        await Upload.CreateFinal(_job, Fresh.Media(), [known.Url]).Refused(413, "job-full").Run(_server);
        await Upload.Create(_job, Fresh.Media(), Half - 1).Run(_server);
    }

    [Fact]
    public async Task Many_at_once_do_not_overrun_it()
    {
        var creations = Enumerable.Range(0, 20).Select(_ => Upload.Create(_job, Fresh.Media(), Half).Send(_server));

        var answers = await Task.WhenAll(creations);

        Assert.Equal(2, answers.Count(answer => (int)answer.StatusCode == 201));
        Assert.Equal(18, answers.Count(answer => (int)answer.StatusCode == 413));
    }

    [Fact]
    public async Task A_duplicate_takes_no_bytes()
    {
        var video = TestMedia.Bytes(Half);
        await Upload.CreateWith(_job, Fresh.Media(), video, Half).Run(_server);
        await Upload.Create(_job, Fresh.Media(), Half).Run(_server);

        var created = await Upload.Create(_job, _media, Half, ("sha256", TestMedia.Sha256(video))).Run(_server);

        Assert.Equal(Half.ToString(), created["Upload-Offset"]);
    }

    [Fact]
    public async Task A_length_that_comes_later_must_fit_when_it_comes()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Create(_job, Fresh.Media(), Half).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", (Half + 1).ToString())
            .Refused(413, "job-full").Run(_server);

        await Upload.Head(_job, _media, 3, null).Run(_server);
        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", Half.ToString()).Run(_server);
        await Upload.Create(_job, Fresh.Media(), 1).Refused(413, "job-full").Run(_server);
    }

    [Fact]
    public async Task What_is_all_here_is_stored_although_it_says_only_now_how_long_it_is()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);
        await Upload.Create(_job, Fresh.Media(), LimitsServer.MaxBytes).Run(_server);

        await Upload.Patch(_job, _media, 3, []).With("Upload-Length", "3").Run(_server);

        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task What_has_started_is_stored_however_full_the_job_is_by_then()
    {
        await Upload.Create(_job, _media, 3).Run(_server);
        await Fill(but: 1);

        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);
    }

    [Fact]
    public async Task A_restart_forgets_no_length()
    {
        await using var server = await IngestServer.Start($"MaxJobSize={LimitsServer.MaxBytes}");
        await Upload.Create(_job, _media, null).Run(server);
        await Upload.Patch(_job, _media, 0, [1]).With("Upload-Length", Half.ToString()).Run(server);
        await Upload.Create(_job, Fresh.Media(), Half).Run(server);

        await server.Kill();
        await server.Restart();

        await Upload.Create(_job, Fresh.Media(), 1).Refused(413, "job-full").Run(server);
    }

    /// <summary>A message for its user, and no second try: S14.</summary>
    [Fact]
    public async Task A_tus_client_gives_the_file_up_at_once()
    {
        await Fill();
        using var file = new DeviceQueueFile(TestMedia.Bytes(2_000_000));

        var (result, answers) = await file.Upload(_server, _job);

        Assert.Contains("413", result.Error);
        Assert.Contains("job-full", result.Error);
        Assert.Equal([("POST", 413)], answers);
    }

    /// <summary>Stores as many as it takes.</summary>
    /// <returns>The first one.</returns>
    private async Task<Guid> Fill(int but = 0)
    {
        Guid[] all = [.. Enumerable.Range(0, LimitsServer.MaxMedia - but).Select(_ => Fresh.Media())];
        foreach (var media in all)
            await Upload.CreateWith(_job, media, media.ToByteArray(), 16).Run(_server);
        return all[0];
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>The first row of "The life of a media id": created, and created again.</summary>
[Collection(TusCollection.Name)]
public sealed class RepeatedCreationTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(1);

    private (string, string) Hash => ("sha256", TestMedia.Sha256(_photo));

    [Fact]
    public async Task The_same_creation_gives_the_same_upload_where_it_is()
    {
        await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);
        await Upload.Patch(_job, _media, 0, _photo[..1000]).Run(_server);

        var again = await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);

        Assert.Equal("1000", again["Upload-Offset"]);
        Assert.Equal(1, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    [Fact]
    public async Task The_same_creation_of_a_complete_upload_says_that_it_is_complete()
    {
        await Upload.CreateWith(_job, _media, _photo, _photo.Length, Hash).Run(_server);

        var again = await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);
        await Upload.CreateWith(_job, _media, _photo, _photo.Length, Hash).Run(_server);

        Assert.Equal(_photo.Length.ToString(), again["Upload-Offset"]);
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    [Fact]
    public async Task A_body_that_comes_with_the_repeated_creation_is_not_added_twice()
    {
        await Upload.Create(_job, _media, 10).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3, 4]).Run(_server);

        var again = Upload.CreateWith(_job, _media, [1, 2, 3, 4, 5], 10);
        again.Expected["Upload-Offset"] = "4";

        await again.Run(_server);
        await Upload.Head(_job, _media, 4, 10).Run(_server);
    }

    /// <summary>Who sends it again has lost its line, whatever the server believes.</summary>
    [Fact]
    public async Task A_body_that_comes_while_the_first_is_sent_says_where_to_go_on()
    {
        const int length = 3_000_000, sent = 1_234_567;
        var file = TestMedia.Bytes(length);
        using var hanging = await RawConnection.Open(_server);
        await hanging.SendCreation(_job, _media, length);
        await hanging.Send(file.AsMemory(0, sent));
        await Eventually.True("all that was sent is here", () => _server.HasFileOf(sent));

        var again = Upload.CreateWith(_job, _media, file, length);
        again.Expected["Upload-Offset"] = $"{sent}";

        await again.Run(_server);
        Assert.Equal("", await hanging.ReadHead());
        await Upload.Patch(_job, _media, sent, file[sent..]).Run(_server);
    }

    [Fact]
    public async Task A_whole_body_that_comes_with_the_repeated_creation_completes_the_upload()
    {
        await Upload.Create(_job, _media, 5).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2]).Run(_server);

        await Upload.CreateWith(_job, _media, [1, 2, 3, 4, 5], 5).Run(_server);

        await Upload.Head(_job, _media, 5, 5).Run(_server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Another_length_or_hash_under_the_same_id_is_another_file()
    {
        await Upload.Create(_job, _media, 10, Hash).Run(_server);

        await Upload.Create(_job, _media, 11, Hash).Refused(422, "different-upload").Run(_server);
        await Upload.Create(_job, _media, 10).Refused(422, "different-upload").Run(_server);
        await Upload.Create(_job, _media, 10, ("sha256", TestMedia.Sha256([])))
            .Refused(422, "different-upload").Run(_server);
        await Upload.Create(_job, _media, 10, Hash).With("Repr-Digest", Digests.Field("sha-512", _photo))
            .Refused(422, "different-upload").Run(_server);
        await Upload.Head(_job, _media, 0, 10).Run(_server);
    }

    [Fact]
    public async Task Another_file_under_the_id_of_a_complete_upload_is_refused()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        await Upload.Create(_job, _media, 4).Refused(422, "different-upload").Run(_server);
        await Upload.CreateWith(_job, _media, [1, 2, 4], 3).Refused(422, "different-upload").Run(_server);
        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task The_same_id_in_another_job_is_another_media()
    {
        var elsewhere = Fresh.Job();
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        await Upload.Download(elsewhere, _media).Refused(404, "media-not-found").Run(_server);
        await Upload.CreateWith(elsewhere, _media, [4, 5], 2).Run(_server);

        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }
}

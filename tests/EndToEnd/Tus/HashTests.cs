using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// A device that names the SHA-256 of its file is never told that other bytes are safe.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class HashTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(2);

    private (string, string) Hash => ("sha256", TestMedia.Sha256(_photo));

    private byte[] Broken => [.. _photo[..^1], (byte)~_photo[^1]];

    [Fact]
    public async Task Bytes_that_keep_the_promise_are_stored()
    {
        await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);
        await Upload.Patch(_job, _media, 0, _photo).Run(_server);

        Assert.Equal(_photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Bytes_that_break_the_promise_end_the_upload_and_can_be_sent_again()
    {
        await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);

        var mismatch = await Upload.Patch(_job, _media, 0, Broken).Refused(422, "hash-mismatch").Run(_server);

        Assert.Equal(TestMedia.Sha256(_photo), mismatch.Member("expected"));
        Assert.Equal(TestMedia.Sha256(Broken), mismatch.Member("actual"));
        await MustHaveFailed();
        await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);
        await Upload.Patch(_job, _media, 0, _photo).Run(_server);
        Assert.Equal(_photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Bytes_that_come_whole_and_break_the_promise_are_refused_too()
    {
        await Upload.CreateWith(_job, _media, Broken, _photo.Length, Hash).Refused(422, "hash-mismatch").Run(_server);

        await MustHaveFailed();
        await Upload.CreateWith(_job, _media, _photo, _photo.Length, Hash).Run(_server);
        await Upload.Head(_job, _media, _photo.Length, _photo.Length).Run(_server);
    }

    [Fact]
    public async Task A_file_that_the_job_has_needs_no_bytes()
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length, ("device", "phone-1")).Run(_server);

        var created = await Upload.Create(_job, _media, _photo.Length, Hash, ("device", "phone-2")).Run(_server);

        Assert.Equal(_photo.Length.ToString(), created["Upload-Offset"]);
        await Upload.Head(_job, _media, _photo.Length, _photo.Length).Run(_server);
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal(
            (MediaState.Duplicate, "phone-1", "phone-2"),
            (media.State, media.DuplicateOfDevice, media.Device));
        Assert.Equal(_photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Bytes_that_are_not_needed_are_refused()
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(_server);
        await Upload.Create(_job, _media, _photo.Length, Hash).Run(_server);

        var refused = await Upload.Patch(_job, _media, 0, _photo).Refused(409, "offset-mismatch").Run(_server);

        Assert.Equal(_photo.Length.ToString(), refused["Upload-Offset"]);
        await Upload.Patch(_job, _media, _photo.Length, []).Run(_server);
    }

    [Fact]
    public async Task A_known_hash_with_another_length_is_a_promise_that_cannot_be_kept()
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(_server);

        await Upload.Create(_job, _media, 3, Hash).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Refused(422, "hash-mismatch").Run(_server);
    }

    private async Task MustHaveFailed()
    {
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await Upload.Patch(_job, _media, 0, _photo).Refused(410, "upload-ended").Run(_server);
        await Upload.Download(_job, _media).Refused(404, "media-not-stored").Run(_server);
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal(
            (MediaState.Error, "Error", "hash-mismatch", true),
            (media.State, media.Word, media.Failure.Code, media.Failure.Retryable));
    }
}

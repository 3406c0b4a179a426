using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class PatchTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task Parts_make_a_file()
    {
        await Upload.Create(_job, _media, 6).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);
        await Upload.Patch(_job, _media, 3, []).Run(_server);
        await (Upload.Patch(_job, _media, 3, [4, 5, 6]) with { Chunked = true }).Run(_server);

        Assert.Equal([1, 2, 3, 4, 5, 6], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(1000)]
    public async Task Bytes_for_another_offset_are_refused_and_change_nothing(long offset)
    {
        await Begun();

        var refused = await Upload.Patch(_job, _media, offset, [9]).Refused(409, "offset-mismatch").Run(_server);

        Assert.Equal(("3", "3"), (refused["Upload-Offset"], refused.Member("expectedOffset")));
        await MustBeUnchanged();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("three")]
    [InlineData("3.0")]
    [InlineData("99999999999999999999")]
    public async Task An_offset_that_is_no_number_of_bytes_is_refused(string? offset)
    {
        await Begun();

        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Offset", offset)
            .Refused(400, "invalid-offset").Run(_server);

        await MustBeUnchanged();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("application/octet-stream")]
    [InlineData("image/jpeg")]
    [InlineData("application/offset+octet-stream2")]
    [InlineData("application/offset+octet-stream, image/jpeg")]
    public async Task Bytes_of_another_type_are_refused(string? type)
    {
        await Begun();

        await Upload.Patch(_job, _media, 3, [4]).With("Content-Type", type)
            .Refused(415, "wrong-content-type").Run(_server);

        await MustBeUnchanged();
    }

    [Theory]
    [InlineData("Application/Offset+Octet-Stream")]
    [InlineData("application/offset+octet-stream; charset=utf-8")]
    public async Task The_type_is_the_same_in_any_case_and_with_parameters(string type)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 6).With("Content-Type", type).Run(_server);

        await Upload.Patch(_job, _media, 3, [4, 5, 6]).With("Content-Type", type).Run(_server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task More_bytes_than_the_upload_has_room_for_are_refused(bool chunked)
    {
        await Begun();

        await (Upload.Patch(_job, _media, 3, [4, 5, 6, 7]) with { Chunked = chunked })
            .Refused(413, "body-too-long").Run(_server);

        await MustBeUnchanged();
    }

    [Fact]
    public async Task A_complete_upload_takes_no_more()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).Run(_server);

        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Refused(409, "offset-mismatch").Run(_server);
        await Upload.Patch(_job, _media, 3, [4]).Refused(400, Problems.CompletedUpload).Run(_server);
        await Upload.Patch(_job, _media, 3, []).Run(_server);
        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task An_upload_that_never_was_is_not_found()
    {
        await Upload.Patch(_job, _media, 0, [1]).Refused(404, "upload-not-found").Run(_server);
    }

    /// <summary>An upload of 6 bytes with 3 of them.</summary>
    private Task<HttpAnswer> Begun() => Upload.CreateWith(_job, _media, [1, 2, 3], 6).Run(_server);

    private async Task MustBeUnchanged()
    {
        await Upload.Head(_job, _media, 3, 6).Run(_server);
        await Upload.Patch(_job, _media, 3, [4, 5, 6]).Run(_server);
        Assert.Equal([1, 2, 3, 4, 5, 6], (await Upload.Download(_job, _media).Run(_server)).Body);
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class CreationWithUploadTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 160_000)]
    [InlineData(true, 160_000)]
    [InlineData(false, 1 << 20)]
    [InlineData(false, (1 << 20) + 1)]
    [InlineData(true, 3_000_000)]
    [InlineData(false, 8 << 20)]
    public async Task A_file_that_comes_whole_is_stored(bool chunked, int length)
    {
        var file = TestMedia.Bytes(length);

        await (Upload.CreateWith(_job, _media, file, length) with { Chunked = chunked }).Run(_server);

        await Upload.Head(_job, _media, length, length).Run(_server);
        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public Task The_case_of_its_type_does_not_matter() =>
        Upload.CreateWith(_job, _media, [1, 2, 3], 3)
            .With("Content-Type", "Application/Offset+Octet-Stream").Run(_server);

    [Fact]
    public async Task The_first_part_may_come_along()
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 5).Run(_server);
        await Upload.Head(_job, _media, 3, 5).Run(_server);
        await Upload.Patch(_job, _media, 3, [4, 5]).Run(_server);

        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task The_first_part_may_come_along_before_the_length_is_known()
    {
        var create = Upload.CreateWith(_job, _media, [1, 2, 3], 3)
            .With("Upload-Length", null).With("Upload-Defer-Length", "1");
        await create.Run(_server);

        await Upload.Head(_job, _media, 3, null).Run(_server);
    }

    [Fact]
    public async Task An_empty_body_is_none()
    {
        await Upload.CreateWith(_job, _media, [], 5).Run(_server);

        await Upload.Head(_job, _media, 0, 5).Run(_server);
    }

    [Theory]
    [InlineData("image/jpeg")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public async Task A_body_of_another_type_is_refused(string? type)
    {
        await Upload.CreateWith(_job, _media, [1, 2, 3], 3).With("Content-Type", type)
            .Refused(415, "wrong-content-type").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(false, 3_000_000)]
    public async Task A_body_longer_than_the_upload_is_refused(bool chunked, int length)
    {
        var create = Upload.CreateWith(_job, _media, TestMedia.Bytes(length + 1), length) with { Chunked = chunked };

        await create.Refused(413, "body-too-long").Run(_server);

        await Upload.Download(_job, _media).Refused(404, null).Run(_server);
    }
}

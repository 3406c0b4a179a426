using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class DeferLengthTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task The_length_may_come_with_the_last_part()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Head(_job, _media, 0, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);
        await Upload.Head(_job, _media, 3, null).Run(_server);

        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", "4").Run(_server);

        await Upload.Head(_job, _media, 4, 4).Run(_server);
        Assert.Equal([1, 2, 3, 4], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task The_length_may_come_without_bytes()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        await Upload.Patch(_job, _media, 3, []).With("Upload-Length", "3").Run(_server);

        Assert.Equal([1, 2, 3], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task A_length_that_was_said_never_changes()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2]).With("Upload-Length", "5").Run(_server);

        await Upload.Patch(_job, _media, 2, [3]).With("Upload-Length", "6").Refused(400, "length-changed").Run(_server);
        await Upload.Head(_job, _media, 2, 5).Run(_server);
        await Upload.Patch(_job, _media, 2, [3]).With("Upload-Length", "5").Run(_server);
    }

    [Fact]
    public async Task A_length_given_at_the_creation_never_changes()
    {
        await Upload.Create(_job, _media, 5).Run(_server);

        await Upload.Patch(_job, _media, 0, [1]).With("Upload-Length", "6").Refused(400, "length-changed").Run(_server);
        await Upload.Head(_job, _media, 0, 5).Run(_server);
    }

    [Theory]
    [InlineData("2", 400, "invalid-length")]
    [InlineData("-3", 400, "invalid-length")]
    [InlineData("three", 400, "invalid-length")]
    [InlineData("8388609", 413, "upload-too-large")]
    public async Task A_length_that_cannot_be_meant_changes_nothing(string length, int status, string problem)
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Run(_server);

        await Upload.Patch(_job, _media, 3, [4]).With("Upload-Length", length).Refused(status, problem).Run(_server);

        await Upload.Head(_job, _media, 3, null).Run(_server);
    }

    [Fact]
    public async Task An_upload_of_unknown_length_may_not_grow_beyond_the_largest()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, TestMedia.Bytes((int)TusServer.MaxSize)).Run(_server);

        await Upload.Patch(_job, _media, TusServer.MaxSize, [1]).Refused(413, null).Run(_server);
    }

    [Fact]
    public async Task The_repeated_creation_finds_the_upload_whose_length_came_later()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2]).With("Upload-Length", "5").Run(_server);

        var again = await Upload.Create(_job, _media, null).Run(_server);

        Assert.Equal("2", again["Upload-Offset"]);
    }
}

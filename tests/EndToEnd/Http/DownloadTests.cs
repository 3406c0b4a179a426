using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

[Collection(TusCollection.Name)]
public sealed class DownloadTests(TusServer fixture) : IAsyncLifetime
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(3);

    private string ETag => $"\"{TestMedia.Sha256(_photo)}\"";

    public async ValueTask InitializeAsync() => await Upload.CreateWith(_job, _media, _photo, _photo.Length, ("filename", "roof.jpg")).Run(_server);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_photo_comes_with_its_type_its_name_and_its_hash(string method)
    {
        var photo = Upload.Download(_job, _media) with
        {
            Method = method,
            Expected = new()
            {
                ["Content-Type"] = "image/jpeg",
                ["ETag"] = ETag,
                ["Content-Length"] = _photo.Length.ToString(),
                ["Accept-Ranges"] = "bytes",
            },
        };

        var answer = await photo.Run(_server);

        Assert.StartsWith("inline; filename=roof.jpg", answer["Content-Disposition"]);
        Assert.Equal(method == "GET" ? _photo : [], answer.Body);
    }

    [Fact]
    public async Task It_can_do_nothing_in_the_servers_name()
    {
        var photo = await Upload.Download(_job, _media).Run(_server);

        Assert.Equal("nosniff", photo["X-Content-Type-Options"]);
        Assert.Contains("default-src 'none'", photo["Content-Security-Policy"]);
        Assert.Contains("sandbox", photo["Content-Security-Policy"]);
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=1000-1999", 1000, 2000)]
    [InlineData("bytes=150000-", 150_000, null)]
    [InlineData("bytes=-100", -100, null)]
    [InlineData("bytes=100-999999999", 100, null)]
    public async Task A_part_of_it_can_be_had(string range, int from, int? to)
    {
        var start = from < 0 ? _photo.Length + from : from;
        var end = to ?? _photo.Length;

        var part = await (Upload.Download(_job, _media).With("Range", range) with
        {
            Status = 206,
            Expected = new() { ["Content-Range"] = $"bytes {start}-{end - 1}/{_photo.Length}", ["ETag"] = ETag },
        }).Run(_server);

        Assert.Equal(_photo[start..end], part.Body);
    }

    [Fact]
    public Task A_part_beyond_its_end_cannot_be_had() => (Upload.Download(_job, _media).With("Range", "bytes=999999999-") with
    {
        Status = 416,
        Expected = new() { ["Content-Range"] = $"bytes */{_photo.Length}" },
    }).Run(_server);

    [Fact]
    public async Task Who_has_it_already_gets_no_bytes()
    {
        var same = await (Upload.Download(_job, _media).With("If-None-Match", ETag) with { Status = 304 }).Run(_server);
        Assert.Empty(same.Body);

        await Upload.Download(_job, _media).With("If-None-Match", "\"another\"").Run(_server);
    }

    [Fact]
    public async Task A_part_of_what_it_is_no_more_is_all_of_what_it_is()
    {
        await (Upload.Download(_job, _media).With("Range", "bytes=0-9").With("If-Range", ETag) with { Status = 206 }).Run(_server);

        var all = await Upload.Download(_job, _media).With("Range", "bytes=0-9").With("If-Range", "\"another\"").Run(_server);
        Assert.Equal(_photo, all.Body);
    }

    [Fact]
    public async Task What_is_not_there_has_its_own_answers()
    {
        var unfinished = Fresh.Media();
        await Upload.Create(_job, unfinished, 5).Run(_server);

        await Upload.Download(_job, unfinished).Refused(404, "media-not-stored").Run(_server);
        await Upload.Download(_job, Fresh.Media()).Refused(404, "media-not-found").Run(_server);
        await (Upload.Download(_job, _media) with { Path = $"/jobs/{_job}/media/1" }).Refused(400, "invalid-id").Run(_server);
        await (Upload.Download(_job, _media) with { Path = $"/jobs/.x/media/{_media}" }).Refused(400, "invalid-key").Run(_server);
    }

    [Fact]
    public async Task A_duplicate_has_the_same_bytes_and_its_own_name()
    {
        var duplicate = Fresh.Media();
        await Upload.CreateWith(_job, duplicate, _photo, _photo.Length, ("filename", "again.jpg")).Run(_server);

        var answer = await Upload.Download(_job, duplicate).Run(_server);

        Assert.Equal(_photo, answer.Body);
        Assert.Equal(ETag, answer["ETag"]);
        Assert.Contains("again.jpg", answer["Content-Disposition"]);
    }
}

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

    public async ValueTask InitializeAsync() =>
        await Upload.CreateWith(_job, _media, _photo, _photo.Length, ("filename", "roof.jpg")).Run(_server);

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

    [Theory]
    [InlineData("bytes=999999999-")]
    [InlineData("bytes=999999999-999999999999")]
    [InlineData("bytes=-0")]
    public async Task A_part_beyond_its_end_is_a_problem_and_not_the_photo(string range)
    {
        var refused = await Part(range).Refused(416, "range-not-satisfiable").Run(_server);

        Assert.Equal($"bytes */{_photo.Length}", refused["Content-Range"]);
        string[] ofThePhoto = ["ETag", "Last-Modified", "Content-Disposition", "Repr-Digest"];
        Assert.All(ofThePhoto, header => Assert.Null(refused[header]));
    }

    /// <summary>
    /// RFC 9110, section 14.2: a range that is not understood, or that comes
    /// with another method than GET.
    /// </summary>
    [Theory]
    [InlineData("GET", "items=0-1")]
    [InlineData("GET", "bytes")]
    [InlineData("GET", "bytes=")]
    [InlineData("GET", "bytes=-")]
    [InlineData("GET", "bytes=a-b")]
    [InlineData("GET", "bytes=5-3")]
    [InlineData("GET", "bytes=0-1-2")]
    [InlineData("GET", "0-1")]
    [InlineData("GET", "bytes=0-1,5-6")]
    [InlineData("GET", "items=999999999-")]
    [InlineData("HEAD", "bytes=0-1")]
    [InlineData("HEAD", "bytes=999999999-")]
    [InlineData("HEAD", "items=0-1")]
    public async Task A_range_that_means_nothing_is_ignored(string method, string range)
    {
        var all = await (Part(range) with
        {
            Method = method,
            Status = 200,
            Expected = new() { ["Content-Length"] = $"{_photo.Length}", ["Content-Range"] = null },
        }).Run(_server);

        Assert.Equal(method == "GET" ? _photo : [], all.Body);
    }

    [Fact]
    public Task The_name_of_the_unit_has_no_case() => Part("Bytes=0-1").Run(_server);

    [Fact]
    public async Task Of_a_file_without_bytes_there_are_no_parts()
    {
        var empty = Fresh.Media();
        await Upload.Create(_job, empty, 0).Run(_server);

        await Upload.Download(_job, empty).With("Range", "bytes=0-").Refused(416, "range-not-satisfiable").Run(_server);
        await (Upload.Download(_job, empty).With("Range", "bytes=0-") with { Method = "HEAD" }).Run(_server);
    }

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
        await (Upload.Download(_job, _media).With("Range", "bytes=0-9").With("If-Range", ETag) with { Status = 206 })
            .Run(_server);

        string[] times = ["Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 01 Jan 1999 00:00:00 GMT"];
        foreach (var other in (string[])["\"another\"", $"W/{ETag}", "*", "nonsense", .. times])
        {
            var all = await (Part("bytes=0-9").With("If-Range", other) with { Status = 200 }).Run(_server);
            Assert.Equal(_photo, all.Body);
        }
    }

    [Fact]
    public async Task A_part_of_what_it_was_at_a_time_is_a_part_if_that_is_the_time_it_says()
    {
        var changed = (await Upload.Download(_job, _media).Run(_server))["Last-Modified"];

        await Part("bytes=0-9").With("If-Range", changed).Run(_server);
    }

    [Fact]
    public async Task Who_has_it_already_gets_no_part_of_it()
    {
        foreach (var range in new[] { "bytes=0-9", "bytes=999999999-" })
            await (Part(range).With("If-None-Match", ETag) with { Status = 304 }).Run(_server);
    }

    [Fact]
    public async Task Who_wants_another_is_told_that_it_is_not_this_one()
    {
        var download = Upload.Download(_job, _media);
        var refused = download.Refused(412, "precondition-failed");

        await refused.With("If-Match", "\"another\"").Run(_server);
        await refused.With("If-Unmodified-Since", "Fri, 01 Jan 1999 00:00:00 GMT").Run(_server);
        await download.With("If-Match", ETag).Run(_server);
    }

    [Fact]
    public async Task What_is_not_there_has_its_own_answers()
    {
        var unfinished = Fresh.Media();
        await Upload.Create(_job, unfinished, 5).Run(_server);

        await Upload.Download(_job, unfinished).Refused(404, "media-not-stored").Run(_server);
        await Upload.Download(_job, Fresh.Media()).Refused(404, "media-not-found").Run(_server);
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

    private HttpTest Part(string range) => Upload.Download(_job, _media).With("Range", range) with { Status = 206 };
}

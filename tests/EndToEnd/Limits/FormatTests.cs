using System.Text;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>
/// A job that takes only JPEGs with metadata refuses any other file by its first 64 KiB, and
/// takes every picture of that kind.
/// </summary>
[Collection(LimitsCollection.Name)]
public sealed class FormatTests(LimitsServer fixture)
{
    private const int Head = 64 << 10;

    // The beginning of a JFIF file. It has no metadata that would say when or
    // where the picture was taken.
    private static readonly byte[] s_jfif = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, .. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];
    private static readonly byte[] s_scan = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = LimitsServer.JpegOnly + Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    public static TheoryData<string, byte[]> Others => new()
    {
        { "noise", TestMedia.Bytes(100_000) },
        { "an empty file", [] },
        { "half of a first marker", [0xFF] },
        { "a PNG", [0x89, .. "PNG\r\n\x1A\n"u8, .. TestMedia.Bytes(100)] },
        { "a JPEG without metadata", [.. s_jfif, .. s_scan, .. TestMedia.Bytes(100_000)] },
        { "a JPEG with metadata after its picture", [.. s_jfif, .. s_scan, 0, .. App1("Exif\0\0"), 0xFF, 0xD9] },
        { "a JPEG that ends before it says", s_jfif },
        { "a JPEG with something else where metadata are", [.. s_jfif, .. App1("Exit\0\0"), .. s_scan] },
        {
            "a JPEG with metadata too far away",
            [.. s_jfif, .. Comment(60_000), .. Comment(10_000), .. App1("Exif\0\0"), .. s_scan]
        },
    };

    public static TheoryData<string, byte[]> Pictures => new()
    {
        { "a photo", TestMedia.Photo(0) },
        { "another photo", TestMedia.Photo(1) },
        { "a third photo", TestMedia.Photo(2) },
        { "a JPEG with XMP", [.. s_jfif, .. Comment(100), .. App1("http://ns.adobe.com/xap/1.0/\0"), .. s_scan] },
        { "a JPEG with fill bytes", [0xFF, 0xD8, 0xFF, 0xFF, .. App1("Exif\0\0"), .. s_scan] },
        {
            "a JPEG with metadata just near enough",
            [.. s_jfif, .. Comment(Head - s_jfif.Length - 10), .. App1("Exif\0\0"), .. s_scan]
        },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task A_picture_is_taken_however_it_comes(string what, byte[] picture)
    {
        Assert.NotEmpty(what);
        await Upload.CreateWith(_job, Fresh.Media(), picture, picture.Length).Run(_server);
        await Upload.Alone(_server, _job, Fresh.Media(), picture);
        await Upload.Create(_job, _media, picture.Length).Run(_server);
        for (var (offset, size) = (0, 1); offset < picture.Length; (offset, size) = (offset + size, size * 5))
            await Upload.Patch(_job, _media, offset, picture[offset..Math.Min(offset + size, picture.Length)])
                .Run(_server);

        Assert.Equal(picture, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Anything_else_that_comes_whole_is_refused_and_leaves_nothing_behind(string what, byte[] file)
    {
        Assert.NotEmpty(what);
        await Upload.CreateWith(_job, _media, file, file.Length).Refused(400, "bad-format").Run(_server);

        await Upload.HeadOfNone(_job, _media, 404).Run(_server);
        Assert.Equal(
            "job-not-found",
            (await fixture.Grpc.Fail("Jobs/GetJob", new GetJobRequest { Job = _job })).IngestError);
    }

    /// <summary>What changed on its way is not the picture's fault.</summary>
    [Fact]
    public async Task What_is_not_what_its_checksum_says_is_not_judged()
    {
        var photo = TestMedia.Photo(0);
        var checksum = Digests.Checksum("sha1", photo);
        byte[] changed = [0, .. photo[1..]];
        await Upload.CreateWith(_job, _media, changed, photo.Length).With("Upload-Checksum", checksum)
            .Refused(460, "checksum-mismatch").Run(_server);
        await Upload.Create(_job, _media, photo.Length).Run(_server);
        await Upload.Patch(_job, _media, 0, changed).With("Upload-Checksum", checksum)
            .Refused(460, "checksum-mismatch").Run(_server);

        await Upload.Patch(_job, _media, 0, photo).With("Upload-Checksum", checksum).Run(_server);
        await Upload.CreateWith(_job, Fresh.Media(), changed, photo.Length)
            .With("Upload-Checksum", Digests.Checksum("sha1", changed)).Refused(400, "bad-format").Run(_server);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Anything_else_that_had_started_ends_for_good(string what, byte[] file)
    {
        Assert.NotEmpty(what);
        await Upload.Create(_job, _media, null).Run(_server);
        var half = file.Length / 2;
        if (await Status(Upload.Patch(_job, _media, 0, file[..half])) == 204)
            await Upload.Patch(_job, _media, half, file[half..]).With("Upload-Length", file.Length.ToString())
                .Refused(400, "bad-format").Run(_server);

        await MustHaveEnded(_server, _media);
    }

    [Fact]
    public async Task Other_jobs_take_whatever_comes()
    {
        await Upload.CreateWith("a-" + _job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith("archive-2", Fresh.Media(), [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith("archive", _media, [1, 2, 3], 3).Refused(400, "bad-format").Run(_server);
    }

    [Fact]
    public async Task A_picture_may_be_made_of_parts_of_which_some_are_empty()
    {
        var photo = TestMedia.Photo(0);
        var parts = new List<Partial>
        {
            await Partial.Of(_server, _job, photo[..10]),
            await Partial.Create(_server, _job, 0),
            await Partial.Of(_server, _job, photo[10..])
        };

        await Upload.CreateFinal(_job, _media, parts.Select(part => part.Url)).Run(_server);
        await Upload.CreateFinal(_job, Fresh.Media(), parts[..2].Select(part => part.Url))
            .Refused(400, "bad-format").Run(_server);

        Assert.Equal(photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>The server answers when it has seen enough, and nobody sends the rest.</summary>
    [Theory]
    [InlineData(900_000, true)]
    [InlineData(4_000_000, true)]
    [InlineData(4_000_000, false)]
    public async Task It_is_refused_before_the_rest_of_it_comes(int length, bool isNoise)
    {
        byte[] undecided = [.. s_jfif, .. Comment(60_000), .. Comment(10_000)];
        using var line = await RawConnection.Open(_server);
        await line.SendCreation(_job, _media, length);
        await line.Send(isNoise ? TestMedia.Bytes(Head) : undecided[..Head]);

        Assert.StartsWith("HTTP/1.1 400 ", await line.ReadHead());
    }

    [Fact]
    public async Task A_length_without_bytes_ends_what_is_no_picture()
    {
        await Upload.Create(_job, _media, null).Run(_server);
        await Upload.Patch(_job, _media, 0, s_jfif).Run(_server);

        await Upload.Patch(_job, _media, s_jfif.Length, []).With("Upload-Length", s_jfif.Length.ToString())
            .Refused(400, "bad-format").Run(_server);

        await MustHaveEnded(_server, _media);
    }

    [Fact]
    public async Task What_came_before_a_restart_is_looked_at_too()
    {
        await using var server = await IngestServer.Start("JpegOnlyJobs=*");
        var (photo, other) = (TestMedia.Photo(1), (byte[])[.. s_jfif, .. s_scan]);
        var second = Fresh.Media();
        await Upload.Create(_job, _media, photo.Length).Run(server);
        await Upload.Patch(_job, _media, 0, photo[..10]).Run(server);
        await Upload.Create(_job, second, other.Length).Run(server);
        await Upload.Patch(_job, second, 0, other[..10]).Run(server);

        await server.Kill();
        await server.Restart();

        await Upload.Patch(_job, _media, 10, photo[10..]).Run(server);
        await Upload.Patch(_job, second, 10, other[10..]).Refused(400, "bad-format").Run(server);
        await Upload.HeadOfNone(_job, second, 410).Run(server);
    }

    [Fact]
    public async Task The_job_hears_why_an_upload_failed()
    {
        await Upload.Create(_job, _media, 3).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Refused(400, "bad-format").Run(_server);

        await using var watcher = await FeedWatcher.Start(_server, _job);
        await watcher.Sees("the failure", e => e.UploadFailed is not null);

        var failed = watcher.Events[^1].UploadFailed;
        Assert.Equal((UploadFailed.Types.Reason.BadFormat, false), (failed.Reason, failed.Retryable));
        Assert.NotEmpty(failed.Message);
    }

    /// <summary>A message for its user, and no second try: S14.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tus_client_gives_the_file_up_at_once(bool withCreation)
    {
        using var file = new DeviceQueueFile(TestMedia.Bytes(2_000_000), withCreation: withCreation);

        var (result, answers) = await file.Upload(_server, _job);

        Assert.Contains("bad-format", result.Error);
        Assert.Equal(withCreation ? [("POST", 400)] : [("POST", 201), ("PATCH", 400)], answers);
    }

    [Fact]
    public async Task Curl_is_told_why()
    {
        await File.WriteAllBytesAsync(Path.Combine(_server.Folder, "noise.jpg"), TestMedia.Bytes(3_000_000));

        var (_, said) = await _server.Shell(
            $"curl -sS -H 'Tus-Resumable: 1.0.0' -H 'Upload-Length: 3000000' -H 'Content-Type: {Upload.OffsetType}' "
                + $"--data-binary @noise.jpg {_server.Http}jobs/{_job}/uploads");

        Assert.Contains("urn:orleansingest:problem:bad-format", said);
    }

    private async Task MustHaveEnded(IngestServer server, Guid media)
    {
        await Upload.HeadOfNone(_job, media, 410).Run(server);
        var failed = await fixture.Grpc.FindMedia(_job, media);
        Assert.Equal(
            (MediaState.Error, "bad-format", false),
            (failed.State, failed.Failure.Code, failed.Failure.Retryable));
    }

    private async Task<int> Status(HttpTest test)
    {
        using var answer = await test.Send(_server);
        return (int)answer.StatusCode;
    }

    private static byte[] App1(string content) => Segment(0xE1, Encoding.ASCII.GetBytes(content + "...."));

    /// <summary>A segment of that many bytes in all.</summary>
    private static byte[] Comment(int length) => Segment(0xFE, new byte[length - 4]);

    private static byte[] Segment(byte marker, byte[] content) =>
        [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];
}

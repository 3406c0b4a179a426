using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Care;

/// <summary>Stored bytes that change or vanish are found and told, and can be mended.</summary>
public sealed class ScrubTests : IAsyncLifetime
{
    private readonly byte[] _bytes = TestMedia.Bytes(50_000, seed: 3);
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly Guid _duplicate = Fresh.Media();
    private IngestServer _server = null!;
    private GrpcJs _grpc = null!;
    private FileInfo _file = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await IngestServer.Start("Durability=process", "ScrubRate=0");
        _grpc = await GrpcJs.Start(_server);
        await Upload.Alone(_server, _job, _media, _bytes, ("device", "phone-1"));
        await Upload.Alone(_server, _job, _duplicate, _bytes, ("device", "phone-2"));
        await Upload.Alone(_server, "another-job", Fresh.Media(), [1, 2, 3]);
        await Eventually.True("the duplicate's bytes are freed", () => StoreFiles.Of(_server).Count == 2);
        _file = StoreFiles.Holding(_server, _bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await _grpc.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task What_is_right_is_left_alone()
    {
        Assert.Equal((2, 0, 0), await Scrub());
        Assert.Equal((1, 0, 0), await Scrub($"?job={_job}"));
        Assert.Equal(4, (await _grpc.GetJob(_job)).AsOf.Seq);
        _server.MustHaveACleanLog();
    }

    [Theory]
    [InlineData("a flipped bit")]
    [InlineData("a byte too few")]
    [InlineData("gone")]
    public async Task Damage_is_an_event_for_each_media_an_alarm_and_an_error_that_people_see(string damage)
    {
        await using var watcher = await FeedWatcher.Start(_server, _job);
        Damage(damage);

        Assert.Equal((2, 2, 0), await Scrub());
        Assert.Equal((2, 0, 0), await Scrub());

        await watcher.Sees("both", e => e.Seq == 6);
        Assert.Equal(
            [_media.ToString(), _duplicate.ToString()],
            watcher.Events.Where(e => e.MediaDamaged is { Message.Length: > 0 }).Select(e => e.Media));
        Assert.Equal(
            2,
            _server.Log.Split('\n').Count(line =>
                line.Contains(" fail: ", StringComparison.Ordinal)
                    && line.Contains("damaged", StringComparison.Ordinal)));
        Assert.Equal(new Received { Total = 2, Errors = 2 }, (await _grpc.GetJob(_job)).Received);
        var listed = await _grpc.FindMedia(_job, _duplicate);
        Assert.Equal(
            (MediaState.Error, "Error", "damaged", true),
            (listed.State, listed.Word, listed.Failure.Code, listed.Failure.Retryable));
        await Upload.Download(_job, _media).Refused(404, "media-damaged").Run(_server);
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
    }

    [Fact]
    public async Task Of_a_file_that_many_share_only_what_changed_is_damaged()
    {
        var (photo, other) = (Fresh.Media(), Fresh.Media());
        var (bytes, others) = (TestMedia.Bytes(5000, seed: 8), TestMedia.Bytes(5000, seed: 9));
        await Upload.CreateWith("shared", photo, bytes, bytes.Length).Run(_server);
        await Upload.CreateWith("shared", other, others, others.Length).Run(_server);
        var shared = Assert.Single(StoreFiles.Shared(_server)).FullName;
        var whole = await File.ReadAllBytesAsync(shared);
        whole[whole.AsSpan().IndexOf(bytes) + 4000] ^= 1;
        await File.WriteAllBytesAsync(shared, whole);

        Assert.Equal((2, 1, 0), await Scrub("?job=shared"));

        await Upload.Download("shared", photo).Refused(404, "media-damaged").Run(_server);
        Assert.Equal(others, (await Upload.Download("shared", other).Run(_server)).Body);
        await Upload.CreateWith("shared", photo, bytes, bytes.Length).Run(_server);
        Assert.Equal(bytes, (await Upload.Download("shared", photo).Run(_server)).Body);
        Assert.Equal((2, 0, 0), await Scrub("?job=shared"));
    }

    [Fact]
    public async Task A_device_that_still_has_the_file_repairs_it_under_its_id()
    {
        Damage("a flipped bit");
        await Scrub();

        await Upload.CreateWith(_job, _media, _bytes, _bytes.Length).Run(_server);

        await AllIsWell();
        Assert.Equal((2, 0, 0), await Scrub());
    }

    [Fact]
    public async Task Anybody_who_has_the_same_picture_repairs_it()
    {
        Damage("gone");
        await Scrub();
        var known = await _grpc.Call<FindDuplicatesResponse>("Jobs/FindDuplicates", new FindDuplicatesRequest
        {
            Job = _job,
            Sha256 = { Google.Protobuf.ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(_bytes)) },
        });
        Assert.Empty(known.Known);

        await Upload.CreateWith(_job, Fresh.Media(), _bytes, _bytes.Length).Run(_server);

        await AllIsWell();
    }

    [Fact]
    public async Task A_file_that_was_put_back_is_found_by_the_next_scrub()
    {
        Damage("gone");
        await Scrub();
        await File.WriteAllBytesAsync(_file.FullName, _bytes);

        Assert.Equal((2, 0, 2), await Scrub());

        await AllIsWell();
        Assert.Equal(
            new Received { Total = 2, Stored = 1, Duplicates = 1, StoredBytes = _bytes.Length },
            (await _grpc.GetJob(_job)).Received);
    }

    [Fact]
    public async Task What_is_known_of_damage_outlives_a_restart()
    {
        Damage("a flipped bit");
        await Scrub();
        await _server.Kill();
        await _server.Restart();

        await Upload.Download(_job, _media).Refused(404, "media-damaged").Run(_server);
        Assert.Equal((2, 0, 0), await Scrub());
    }

    /// <summary>
    /// A sweep leaves damaged bytes alone: perhaps they are all that is left of a picture.
    /// </summary>
    [Fact]
    public async Task Damaged_bytes_are_kept_until_better_ones_are_here()
    {
        Damage("a flipped bit");
        await Scrub();
        await Upload.Create(_job, _media, _bytes.Length).Run(_server);
        await ControlSocket.Run(_server, "sweep?grace=0");
        Assert.True(File.Exists(_file.FullName));

        await Upload.Patch(_job, _media, 0, _bytes).Run(_server);

        await Eventually.True("the damaged bytes are freed", () => !File.Exists(_file.FullName));
        await AllIsWell();
    }

    [Fact]
    public async Task The_server_looks_by_itself_over_and_over()
    {
        await using var server = await IngestServer.Start(
            "Durability=process", "ScrubInterval=00:00:01", "ScrubRate=1MB");
        await Upload.Alone(server, _job, _media, _bytes);
        var file = StoreFiles.Holding(server, _bytes);
        await using var watcher = await FeedWatcher.Start(server, _job);

        File.Move(file.FullName, file.FullName + ".bak");
        await watcher.Sees("the damage", e => e.MediaDamaged is not null);
        File.Move(file.FullName + ".bak", file.FullName);
        await watcher.Sees("that it is well again", e => e.MediaRepaired is not null);
    }

    private async Task AllIsWell()
    {
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
        Assert.Equal(_bytes, (await Upload.Download(_job, _duplicate).Run(_server)).Body);
        Assert.Equal(0, (await _grpc.GetJob(_job)).Received.Errors);
    }

    private void Damage(string how)
    {
        if (how == "gone")
        {
            _file.Delete();
            return;
        }
        using var file = _file.OpenWrite();
        if (how == "a byte too few")
            file.SetLength(_bytes.Length - 1);
        else
            file.Write([(byte)(_bytes[0] ^ 1)]);
    }

    private async Task<(int Checked, int Damaged, int Repaired)> Scrub(string query = "")
    {
        var answer = await ControlSocket.Run(_server, $"scrub{query}");
        var (known, damaged) = (answer.Number("damaged before"), answer.Number("damaged now"));
        Assert.Equal(known + damaged > 0 ? 1 : 0, answer.Code);
        return (answer.Number("checked"), damaged, answer.Number("repaired"));
    }
}

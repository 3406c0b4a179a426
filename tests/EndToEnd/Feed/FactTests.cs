using Google.Protobuf;
using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>What each kind of event says.</summary>
[Collection(ApiCollection.Name)]
public sealed class FactTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    private static ByteString Hash => ByteString.CopyFrom(Convert.FromHexString(TestMedia.Sha256([1, 2, 3])));

    [Fact]
    public async Task A_new_file_starts_and_is_stored()
    {
        await Send(_media, "crew-1");

        var facts = await See(count: 2);

        Assert.All(
            facts,
            fact => Assert.Equal((_job, _media.ToString(), "crew-1"), (fact.Job, fact.Media, fact.Device)));
        var started = new UploadStarted
        {
            Filename = "a.bin",
            DeclaredType = "image/x",
            Length = 3,
            Section = "roof",
            Session = "noon",
            Kind = "damage",
        };
        Assert.Equal(started, facts[0].UploadStarted);
        Assert.Equal(
            new MediaStored { Filename = "a.bin", MediaType = "application/octet-stream", Length = 3, Sha256 = Hash },
            facts[1].MediaStored);
    }

    [Fact]
    public async Task A_file_that_is_there_starts_and_is_a_duplicate()
    {
        await Send(_media, "crew-1");
        await Send(Fresh.Media(), "crew-2");

        var duplicate = (await See(count: 4))[3];

        Assert.Equal("crew-2", duplicate.Device);
        Assert.Equal(
            (_media.ToString(), "crew-1"),
            (duplicate.MediaDuplicate.OfMedia, duplicate.MediaDuplicate.OfDevice));
        Assert.Equal(
            ("a.bin", 3, Hash),
            (duplicate.MediaDuplicate.Filename, duplicate.MediaDuplicate.Length, duplicate.MediaDuplicate.Sha256));
    }

    [Fact]
    public async Task A_deleted_original_hands_over_in_the_same_decision()
    {
        var heir = Fresh.Media();
        await Send(_media, "crew-1");
        await Send(heir, "crew-2");
        await fixture.Grpc.DeleteMedia(_job, _media);

        var facts = await See(count: 6);

        Assert.Equal(facts[4].At, facts[5].At);
        Assert.Equal(
            _media.ToString(),
            facts.Single(f => f.MediaPromoted is not null && f.Media == heir.ToString()).MediaPromoted.FromMedia);
        Assert.Single(facts, f => f.MediaDeleted is not null && f.Media == _media.ToString());
    }

    [Fact]
    public async Task An_upload_that_was_given_up_failed()
    {
        await Upload.Create(_job, _media, 3).Run(_server);
        await Upload.Delete(_job, _media).Run(_server);

        await MustFail(UploadFailed.Types.Reason.Terminated);
    }

    [Fact]
    public async Task An_upload_whose_bytes_are_others_failed()
    {
        await Upload.Create(_job, _media, 3, ("sha256", new string('0', 64))).Run(_server);
        await Upload.Patch(_job, _media, 0, [1, 2, 3]).Refused(422, "hash-mismatch").Run(_server);

        await MustFail(UploadFailed.Types.Reason.HashMismatch);
    }

    private Task<HttpAnswer> Send(Guid media, string device) => Upload.CreateWith(
        _job, media, [1, 2, 3], 3, ("device", device), ("filename", "a.bin"),
        ("filetype", "image/x"), ("section", "roof"), ("session", "noon"),
        ("kind", "damage")).Run(_server);

    private async Task<IReadOnlyList<ActivityEvent>> See(int count)
    {
        await using var watcher = await FeedWatcher.Start(_server, _job);
        await watcher.Sees("the last fact", e => e.Seq == count);
        return watcher.Events;
    }

    private async Task MustFail(UploadFailed.Types.Reason reason)
    {
        var failed = (await See(count: 2))[1].UploadFailed;
        Assert.Equal((reason, true), (failed.Reason, failed.Retryable));
        Assert.NotEmpty(failed.Message);
    }
}

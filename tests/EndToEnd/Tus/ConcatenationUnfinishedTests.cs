using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>concatenation-unfinished: a final that is created before its parts are whole.</summary>
[Collection(TusCollection.Name)]
public sealed class ConcatenationUnfinishedTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(10_000);

    [Fact]
    public async Task It_is_complete_when_the_last_of_its_parts_is()
    {
        var (first, second) = (await Partial.Create(_server, _job, 4000), await Partial.Create(_server, _job, 6000));
        var created = await Final(first, second).Run(_server);
        Assert.Null(created["Upload-Offset"]);
        Assert.NotNull(created["Upload-Expires"]);
        await IsWaiting(10_000, first, second);

        await second.Patch(0, _bytes[4000..]).Run(_server);
        await IsWaiting(10_000, first, second);
        await first.Patch(0, _bytes[..4000]).Run(_server);

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
        var head = Upload.Head(_job, _media, 10_000, 10_000);
        head.Expected["Upload-Concat"] = Concat(first, second);
        Assert.NotNull((await head.Run(_server))["Upload-Receipt"]);
    }

    [Fact]
    public async Task It_is_a_media_that_is_on_its_way()
    {
        var partial = await Partial.Create(_server, _job, 100);
        await Final(partial).Run(_server);

        Assert.Equal(MediaState.Waiting, (await fixture.Grpc.FindMedia(_job, _media)).State);

        await partial.Patch(0, _bytes[..100]).Run(_server);
        Assert.Equal(MediaState.Stored, (await fixture.Grpc.FindMedia(_job, _media)).State);
    }

    [Fact]
    public async Task Its_length_is_known_when_that_of_every_part_is()
    {
        var (first, second) = (await Partial.Create(_server, _job, null), await Partial.Create(_server, _job, null));
        await Final(first, second).Run(_server);
        await IsWaiting(null, first, second);

        await first.Patch(0, []).With("Upload-Length", "4000").Run(_server);
        await IsWaiting(null, first, second);
        await second.Patch(0, []).With("Upload-Length", "6000").Run(_server);
        await IsWaiting(10_000, first, second);

        await first.Patch(0, _bytes[..4000]).Run(_server);
        await second.Patch(0, _bytes[4000..]).Run(_server);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task It_takes_no_bytes_itself()
    {
        var partial = await Partial.Create(_server, _job, 100);
        await Final(partial).Run(_server);

        await Upload.Patch(_job, _media, 0, _bytes[..100]).Refused(403, "final-upload").Run(_server);
        await IsWaiting(100, partial);
    }

    [Fact]
    public async Task Creating_it_again_gives_the_same_one()
    {
        var partial = await Partial.Create(_server, _job, null);
        await Final(partial).Run(_server);
        await partial.Patch(0, _bytes[..50]).With("Upload-Length", "100").Run(_server);

        await Final(partial).Run(_server);
        await Final(await Partial.Create(_server, _job, 7)).Refused(422, "different-upload").Run(_server);

        await partial.Patch(50, _bytes[50..100]).Run(_server);
        await Final(partial).Run(_server);
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    [Fact]
    public async Task Parts_that_end_at_the_same_time_complete_it_once()
    {
        const int Parts = 24;
        var sizes = Enumerable.Range(0, Parts).Select(i => _bytes.Length * (i + 1) / Parts).ToList();
        var partials = new List<(Partial Partial, byte[] Bytes)>();
        foreach (var (from, to) in sizes.Prepend(0).Zip(sizes))
            partials.Add((await Partial.Create(_server, _job, to - from), _bytes[from..to]));
        await Final([.. partials.Select(part => part.Partial)]).Run(_server);

        await Task.WhenAll(partials.Select(part => part.Partial.Patch(0, part.Bytes).Run(_server)));

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    [Fact]
    public async Task A_part_may_be_the_last_of_two_files()
    {
        var (shared, own, other) = (
            await Partial.Create(_server, _job, 100), await Partial.Of(_server, _job, _bytes[..50]), Fresh.Media());
        await Final(own, shared).Run(_server);
        await Upload.CreateFinal(_job, other, [shared.Url]).Run(_server);

        await shared.Patch(0, _bytes[50..150]).Run(_server);

        Assert.Equal(_bytes[..150], (await Upload.Download(_job, _media).Run(_server)).Body);
        Assert.Equal(_bytes[50..150], (await Upload.Download(_job, other).Run(_server)).Body);
    }

    [Fact]
    public async Task Bytes_that_are_not_what_was_promised_end_it_and_not_the_part()
    {
        var partial = await Partial.Create(_server, _job, 100);
        await Upload.CreateFinal(_job, _media, [partial.Url], ("sha256", TestMedia.Sha256(_bytes))).Run(_server);

        await partial.Patch(0, _bytes[..100]).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        Assert.Equal("hash-mismatch", (await fixture.Grpc.FindMedia(_job, _media)).Failure.Code);
        await Final(partial).Run(_server);
        Assert.Equal(_bytes[..100], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task It_ends_when_one_of_its_parts_was_given_up()
    {
        var (whole, givenUp) = (
            await Partial.Of(_server, _job, _bytes[..100]), await Partial.Create(_server, _job, 100));
        await Final(whole, givenUp).Run(_server);

        await Upload.Delete(_job, givenUp.Id).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        Assert.Equal((MediaState.Error, true), await State());
        await Final(whole).Run(_server);
        Assert.Equal(_bytes[..100], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task It_can_be_given_up_itself_and_its_parts_stay()
    {
        var partial = await Partial.Create(_server, _job, 100);
        await Final(partial).Run(_server);

        await Upload.Delete(_job, _media).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        await partial.Patch(0, _bytes[..100]).Run(_server);
        await Final(partial).Run(_server);
        Assert.Equal(_bytes[..100], (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Parts_that_are_too_long_together_never_become_one()
    {
        var (first, second) = (await Partial.Create(_server, _job, null), await Partial.Create(_server, _job, null));
        await Final(first, second).Run(_server);

        await first.Patch(0, []).With("Upload-Length", TusServer.MaxSize.ToString()).Run(_server);
        await second.Patch(0, [1]).With("Upload-Length", "1").Run(_server);

        await (Upload.HeadOfNone(_job, _media, 413)).Run(_server);
    }

    private async Task<(MediaState State, bool Retryable)> State()
    {
        var media = await fixture.Grpc.FindMedia(_job, _media);
        return (media.State, media.Failure.Retryable);
    }

    private HttpTest Final(params Partial[] parts) => Upload.CreateFinal(_job, _media, parts.Select(part => part.Url));

    private static string Concat(params Partial[] parts) => $"final;{string.Join<Partial>(' ', parts)}";

    private Task<HttpAnswer> IsWaiting(long? length, params Partial[] parts) =>
        new HttpTest("HEAD", Upload.Url(_job, _media))
        {
            Headers = { ["Tus-Resumable"] = "1.0.0" },
            Status = 200,
            Expected =
            {
                ["Cache-Control"] = "no-store", ["Upload-Offset"] = null,
                ["Upload-Defer-Length"] = null, ["Upload-Receipt"] = null,
                ["Upload-Length"] = length?.ToString(), ["Upload-Concat"] = Concat(parts),
            },
        }.Run(_server);
}

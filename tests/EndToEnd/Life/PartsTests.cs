using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>
/// The bytes of a part are kept for as long as its partial upload or a file made of it needs them.
/// </summary>
public sealed class PartsTests : IAsyncLifetime
{
    private readonly byte[] _bytes = TestMedia.Bytes(50_000, seed: 3);
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private IngestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await IngestServer.Start("Durability=process", "ScrubRate=0");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_media_keeps_its_parts_when_their_uploads_are_given_up_and_frees_them_with_itself()
    {
        var partials = await Partial.Of(_server, _job, _bytes, parts: 3);
        await Final(_media, partials).Run(_server);
        foreach (var partial in partials)
            await Upload.Delete(_job, partial.Id).Run(_server);

        await Sweep();
        Assert.Equal((1, 0), await Scrub());
        await Holds(_media);

        await Upload.Delete(_job, _media).Run(_server);
        await IsEmpty();
    }

    [Fact]
    public async Task A_deleted_media_leaves_its_parts_to_their_uploads()
    {
        var partials = await Partial.Of(_server, _job, _bytes, parts: 2);
        await Final(_media, partials).Run(_server);
        var again = Fresh.Media();

        await Upload.Delete(_job, _media).Run(_server);
        await Sweep();
        await Final(again, partials).Run(_server);
        await Holds(again);

        foreach (var partial in partials)
            await Upload.Delete(_job, partial.Id).Run(_server);
        await Upload.Delete(_job, again).Run(_server);
        await IsEmpty();
    }

    [Fact]
    public async Task What_waits_for_a_part_keeps_the_others()
    {
        var (first, last) = (
            await Partial.Of(_server, _job, _bytes[..20_000]), await Partial.Create(_server, _job, 30_000));
        await Final(_media, [first, last]).Run(_server);

        await Sweep();
        await last.Patch(0, _bytes[20_000..]).Run(_server);

        await Holds(_media);
    }

    [Fact]
    public async Task Two_media_of_the_same_parts_keep_them_until_both_are_gone()
    {
        var other = Fresh.Media();
        var partials = await Partial.Of(_server, _job, _bytes, parts: 2);
        await Final(_media, partials).Run(_server);
        await Final(other, [.. partials, partials[0]]).Run(_server);
        foreach (var partial in partials)
            await Upload.Delete(_job, partial.Id).Run(_server);

        await Upload.Delete(_job, other).Run(_server);
        await Sweep();
        await Holds(_media);

        await Upload.Delete(_job, _media).Run(_server);
        await IsEmpty();
    }

    [Fact]
    public async Task A_duplicate_keeps_the_parts_of_the_media_that_it_equals_and_not_its_own()
    {
        var duplicate = Fresh.Media();
        await Final(_media, await Partial.Of(_server, _job, _bytes, parts: 2)).Run(_server);
        var own = await Partial.Of(_server, _job, _bytes, parts: 3);
        await Final(duplicate, own).Run(_server);
        foreach (var partial in own)
            await Upload.Delete(_job, partial.Id).Run(_server);
        await Eventually.True("its own parts are freed", () => StoreFiles.Of(_server).Count == 2);

        await Upload.Delete(_job, _media).Run(_server);
        await Sweep();

        await Holds(duplicate);
    }

    [Fact]
    public async Task Bytes_that_were_promised_to_be_others_leave_the_parts_to_their_uploads()
    {
        var partials = await Partial.Of(_server, _job, _bytes, parts: 2);
        await Upload.CreateFinal(_job, _media, partials.Select(part => part.Url), ("sha256", TestMedia.Sha256([])))
            .Refused(422, "hash-mismatch").Run(_server);
        await Sweep();

        await Final(_media, partials).Run(_server);

        await Holds(_media);
    }

    [Fact]
    public async Task Damage_of_a_part_is_damage_of_the_media_and_better_bytes_replace_all_of_it()
    {
        var partials = await Partial.Of(_server, _job, _bytes, parts: 2);
        await Final(_media, partials).Run(_server);
        foreach (var partial in partials)
            await Upload.Delete(_job, partial.Id).Run(_server);
        await File.WriteAllBytesAsync(StoreFiles.Holding(_server, _bytes[25_000..]).FullName, new byte[25_000]);

        Assert.Equal((1, 1), await Scrub());
        await Upload.Download(_job, _media).Refused(404, "media-damaged").Run(_server);
        await Sweep();
        Assert.Equal(2, StoreFiles.Of(_server).Count);
        await Upload.Alone(_server, _job, Fresh.Media(), _bytes);

        await Holds(_media);
        await Eventually.True("its parts are freed", () => StoreFiles.Of(_server).Count == 1);
    }

    [Fact]
    public async Task What_waits_for_a_part_lives_as_long_as_that_comes_and_so_do_the_others()
    {
        await using var server = await IngestServer.Start("UploadExpiry=00:00:05", "SweepInterval=00:00:01");
        var (first, last) = (
            await Partial.Of(server, _job, _bytes[..20_000]), await Partial.Create(server, _job, 30_000));
        await Final(_media, [first, last]).Run(server);
        var (unused, sent) = (await Partial.Of(server, _job, [1, 2, 3]), 20_000);

        await Eventually.True("a part that nobody waits for has expired", async () =>
        {
            await last.Patch(sent - 20_000, [_bytes[sent++]]).Run(server);
            return await Upload.Offset(server, _job, unused.Id) is null;
        });
        await last.Patch(sent - 20_000, _bytes[sent..]).Run(server);

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(server)).Body);
    }

    /// <summary>The expiry is long enough for all requests that come before it.</summary>
    [Fact]
    public async Task Partial_uploads_expire_whole_or_not_and_what_is_made_of_them_does_not()
    {
        await using var server = await IngestServer.Start("UploadExpiry=00:00:10", "SweepInterval=00:00:01");
        await using var grpc = await GrpcJs.Start(server);
        var partials = await Partial.Of(server, _job, _bytes, parts: 2);
        await Final(_media, partials).Run(server);
        var (unused, begun) = (await Partial.Of(server, _job, [1, 2, 3]), await Partial.Create(server, _job, 5));
        await begun.Patch(0, [1, 2, 3, 4]).Run(server);
        var waiting = Fresh.Media();
        await Final(waiting, [unused, begun]).Run(server);

        foreach (var partial in partials.Append(unused).Append(begun))
            await Eventually.True("it expired", async () => await Upload.Offset(server, _job, partial.Id) is null);
        await Eventually.True("what waited for it expired", async () => (await grpc.GetJob(_job)).Received.Errors == 1);

        await Eventually.True("the bytes of the others are freed", () => StoreFiles.Of(server).Count == 2);
        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(server)).Body);
        await Final(_media, partials).Run(server);
        Assert.Equal(MediaState.Error, (await grpc.FindMedia(_job, waiting)).State);
    }

    private HttpTest Final(Guid media, IEnumerable<Partial> parts) =>
        Upload.CreateFinal(_job, media, parts.Select(part => part.Url));

    private async Task Holds(Guid media) =>
        Assert.Equal(_bytes, (await Upload.Download(_job, media).Run(_server)).Body);

    private Task IsEmpty() => Eventually.True("all bytes are freed", () => StoreFiles.Of(_server).Count == 0);

    private Task<CommandAnswer> Sweep() => ControlSocket.Run(_server, "sweep?grace=0");

    private async Task<(int Checked, int Damaged)> Scrub()
    {
        var answer = await ControlSocket.Run(_server, "scrub");
        return (answer.Number("checked"), answer.Number("damaged now"));
    }
}

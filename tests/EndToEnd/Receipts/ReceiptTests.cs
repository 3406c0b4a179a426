using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Receipts;

/// <summary>
/// A client that is told that an upload is complete gets a receipt for its
/// bytes; no other client does.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ReceiptTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _photo = TestMedia.Photo(11);

    private (string, string) Hash => ("sha256", TestMedia.Sha256(_photo));

    private HttpTest CreateWhole => Upload.CreateWith(_job, _media, _photo, _photo.Length);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(3_000_000)]
    public async Task A_file_that_came_whole_has_a_receipt(int length)
    {
        var file = TestMedia.Bytes(length);

        await MustProve(file, await Upload.CreateWith(_job, _media, file, length).Run(_server));
    }

    [Fact]
    public async Task The_last_byte_brings_the_receipt_and_those_before_do_not()
    {
        var half = _photo.Length / 2;

        MustProveNothing(await Upload.Create(_job, _media, _photo.Length).Run(_server));
        MustProveNothing(await Upload.Patch(_job, _media, 0, _photo[..half]).Run(_server));
        MustProveNothing(await Upload.Head(_job, _media, half, _photo.Length).Run(_server));
        await MustProve(_photo, await Upload.Patch(_job, _media, half, _photo[half..]).Run(_server));
    }

    [Fact]
    public async Task A_length_that_came_late_is_in_the_receipt()
    {
        await Upload.Create(_job, _media, null).Run(_server);

        await MustProve(
            _photo,
            await Upload.Patch(_job, _media, 0, _photo).With("Upload-Length", _photo.Length.ToString()).Run(_server));
    }

    [Fact]
    public async Task Whoever_asks_or_repeats_gets_a_receipt_too()
    {
        await CreateWhole.Run(_server);

        await MustProve(_photo, await Upload.Head(_job, _media, _photo.Length, _photo.Length).Run(_server));
        await MustProve(_photo, await Upload.Create(_job, _media, _photo.Length).Run(_server));
        await MustProve(_photo, await Upload.Patch(_job, _media, _photo.Length, []).Run(_server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_duplicate_has_a_receipt_of_its_own(bool declared)
    {
        await Upload.CreateWith(_job, Fresh.Media(), _photo, _photo.Length).Run(_server);

        await MustProve(
            _photo, await (declared ? Upload.Create(_job, _media, _photo.Length, Hash) : CreateWhole).Run(_server));
        await MustProve(_photo, await Upload.Head(_job, _media, _photo.Length, _photo.Length).Run(_server));
    }

    [Fact]
    public async Task What_is_refused_or_deleted_has_none()
    {
        byte[] broken = [.. _photo[..^1], (byte)~_photo[^1]];

        MustProveNothing(
            await Upload.CreateWith(_job, _media, broken, _photo.Length, Hash)
                .Refused(422, "hash-mismatch").Run(_server));
        await CreateWhole.Run(_server);
        MustProveNothing(await Upload.Delete(_job, _media).Run(_server));
        MustProveNothing(await Upload.HeadOfNone(_job, _media, 410).Run(_server));
    }

    [Fact]
    public async Task Receipts_that_are_signed_at_the_same_time_are_all_good()
    {
        var medias = Enumerable.Range(0, 60)
            .Select(number => (Media: Fresh.Media(), Bytes: TestMedia.Bytes(100, number))).ToList();

        var answers = await Task.WhenAll(
            medias.Select(m => Upload.CreateWith(_job, m.Media, m.Bytes, 100).Run(_server)));

        var keys = await PublishedKeys.Of(_server);
        Assert.Equal(
            medias.Select(m => (m.Media, TestMedia.Sha256(m.Bytes))),
            answers.Select(answer => keys.Read(answer["Upload-Receipt"]!)!)
                .Select(claims => (claims.Media, claims.Sha256)));
    }

    [Fact]
    public async Task A_receipt_that_was_tampered_with_is_none()
    {
        var receipt = (await CreateWhole.Run(_server))["Upload-Receipt"]!;
        var ofAnother = (await Upload.CreateWith(_job, Fresh.Media(), [1], 1).Run(_server))["Upload-Receipt"]!;
        var (parts, others) = (receipt.Split('.'), ofAnother.Split('.'));

        var keys = await PublishedKeys.Of(_server);
        Assert.NotNull(keys.Read(receipt));
        Assert.Null(keys.Read($"{parts[0]}.{others[1]}.{parts[2]}"));
        Assert.Null(keys.Read($"{parts[0]}.{parts[1]}.{others[2]}"));
    }

    [Fact]
    public async Task The_published_keys_may_be_cached_and_are_public()
    {
        var answer = await new HttpTest("GET", "/.well-known/jwks.json") { Status = 200 }.Run(_server);

        Assert.Equal("application/jwk-set+json", answer["Content-Type"]);
        Assert.Contains("max-age", answer["Cache-Control"]);
        var key = Assert.Single((await PublishedKeys.Of(_server)).All);
        Assert.Equal(
            ["alg", "crv", "kid", "kty", "use", "x", "y"],
            key.EnumerateObject().Select(member => member.Name).Order());
    }

    private async Task MustProve(byte[] bytes, HttpAnswer answer)
    {
        var claims = (await PublishedKeys.Of(_server))
            .Read(answer["Upload-Receipt"] ?? throw new InvalidOperationException($"No receipt: {answer}"));

        Assert.Equal(new Claims(_job, _media, bytes.Length, TestMedia.Sha256(bytes), claims?.Iat ?? 0), claims);
        Assert.InRange(
            claims!.Iat,
            DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds(),
            DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    private static void MustProveNothing(HttpAnswer answer) => Assert.Null(answer["Upload-Receipt"]);
}

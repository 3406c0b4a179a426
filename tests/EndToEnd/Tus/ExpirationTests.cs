using System.Globalization;
using OrleansIngest.EndToEnd.Life;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// expiration: a client is told when an upload will expire. For an upload that has expired
/// see <see cref="ExpiryTests"/>.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ExpirationTests(TusServer fixture)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(14);

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task An_upload_that_will_expire_says_when()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1); // the header knows no fractions

        var created = await Upload.Create(_job, _media, 3).Run(_server);
        var patched = await Upload.Patch(_job, _media, 0, [1, 2]).Run(_server);
        var asked = await Upload.Head(_job, _media, 2, 3).Run(_server);

        Assert.InRange(Expires(created), before + s_usual, DateTimeOffset.UtcNow + s_usual);
        Assert.InRange(Expires(patched), Expires(created), DateTimeOffset.UtcNow + s_usual);
        // Two clocks are read.
        Assert.InRange(Expires(asked), Expires(patched).AddSeconds(-1), Expires(patched).AddSeconds(1));
    }

    [Fact]
    public async Task Each_byte_puts_it_off()
    {
        var first = Expires(await Upload.Create(_job, _media, 100_000).Run(_server));
        var offset = 0;

        await Eventually.True("it is put off", async () =>
            Expires(await Upload.Patch(_job, _media, offset++, [1]).Run(_server)) > first);
    }

    [Fact]
    public async Task What_is_complete_does_not_expire()
    {
        var created = await Upload.CreateWith(_job, _media, [1, 2], 2).Run(_server);
        Assert.Null(created["Upload-Expires"]);

        var other = Fresh.Media();
        await Upload.Create(_job, other, 2).Run(_server);
        Assert.Null((await Upload.Patch(_job, other, 0, [3, 4]).Run(_server))["Upload-Expires"]);
        Assert.Null((await Upload.Head(_job, other, 2, 2).Run(_server))["Upload-Expires"]);
    }

    private static DateTimeOffset Expires(HttpAnswer answer) =>
        DateTimeOffset.ParseExact(answer["Upload-Expires"]!, "R", CultureInfo.InvariantCulture);
}

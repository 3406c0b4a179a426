using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>Two devices send the same picture at the same moment.</summary>
[Collection(LifeCollection.Name)]
public sealed class SamePictureTests(LifeServer fixture)
{
    private const int Rounds = 40;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task Exactly_one_is_stored_when_both_come_whole() =>
        await InManyRounds((device, media, photo) =>
            Upload.CreateWith(_job, media, photo, photo.Length, ("device", device)).Run(_server));

    [Fact]
    public async Task Exactly_one_is_stored_when_both_end_with_a_last_part()
    {
        await InManyRounds(async (device, media, photo) =>
        {
            await Upload.CreateWith(_job, media, photo[..100], photo.Length, ("device", device)).Run(_server);
            await Upload.Patch(_job, media, 100, photo[100..]).Run(_server);
        });
    }

    [Fact]
    public async Task Exactly_one_is_stored_when_both_name_the_hash_first()
    {
        await InManyRounds(async (device, media, photo) =>
        {
            var hash = ("sha256", TestMedia.Sha256(photo));
            var created = await Upload.Create(_job, media, photo.Length, ("device", device), hash).Run(_server);
            if (created["Upload-Offset"] == "0")
                await Upload.Patch(_job, media, 0, photo).Run(_server);
        });
    }

    private async Task InManyRounds(Func<string, Guid, byte[], Task> send)
    {
        var pairs = Enumerable.Range(0, Rounds)
            .Select(round => (Photo: TestMedia.Photo(round)[..20_000], A: Fresh.Media(), B: Fresh.Media()))
            .ToList();
        await Task.WhenAll(
            pairs.SelectMany(pair => new[] { send("crew-a", pair.A, pair.Photo), send("crew-b", pair.B, pair.Photo) }));

        var media = (await fixture.Grpc.ListAllMedia(_job)).ToDictionary(m => Guid.Parse(m.Media_));
        Assert.All(pairs, pair => MustBeOneAndItsDuplicate(media[pair.A], media[pair.B]));
        Assert.Equal(
            new Received { Total = 2 * Rounds, Stored = Rounds, Duplicates = Rounds, StoredBytes = Rounds * 20_000 },
            (await fixture.Grpc.GetJob(_job)).Received);
    }

    private static void MustBeOneAndItsDuplicate(Media a, Media b)
    {
        var (stored, duplicate) = a.State == MediaState.Stored ? (a, b) : (b, a);
        Assert.Equal((MediaState.Stored, MediaState.Duplicate), (stored.State, duplicate.State));
        Assert.Equal((stored.Media_, stored.Device), (duplicate.DuplicateOf, duplicate.DuplicateOfDevice));
    }
}

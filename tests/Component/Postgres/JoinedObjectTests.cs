using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Component.Tests.Postgres;

public sealed class JoinedObjectTests(SharedPostgres shared) : IDisposable
{
    private const string Job = "roof";

    private readonly PostgresData _data = new(shared);

    public void Dispose() => _data.Dispose();

    /// <summary>A sweep must not take it before the media has it.</summary>
    [Fact]
    public async Task Needed_is_the_object_that_is_being_made_of_a_joined_blob()
    {
        var joined = BlobId.Join([BlobId.NewObject(), BlobId.NewObject()]);
        var media = Sample.BareMedia(Guid.NewGuid(), MediaStatus.Open, 1) with { Incoming = joined };
        var upload = Sample.Upload(Job, media.Id) with { Incoming = joined, Concat = "final;" };
        var storage = _data.OpenStorage();
        BlobId[] asked = [joined.ToObject(), BlobId.NewObject()];

        await storage.Journal.Append(Sample.Append(Job, 0) with { Media = [media], Opened = [upload] });
        Assert.Equal([joined.ToObject()], await storage.Inventory.Needed(asked));

        await storage.Journal.Append(Sample.Append(Job, 1) with { Closed = [media.Id] });
        Assert.Empty(await storage.Inventory.Needed(asked));
    }
}

using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Blobs that are used, as a sweep would know them.</summary>
internal sealed class BlobUse(params IReadOnlyCollection<BlobId> used) : IBlobUse
{
    /// <summary>Whether nothing is unused that the store asks about.</summary>
    public bool UsesAllThatIsAsked { get; init; }

    /// <summary>About what it was asked.</summary>
    public List<IReadOnlyCollection<BlobId>> Asked { get; } = [];

    /// <summary>The containers of which the store gave nothing.</summary>
    public List<Guid> Distrusted { get; } = [];

    public Task<IReadOnlySet<BlobId>> Used(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation)
    {
        Asked.Add(blobs);
        return Task.FromResult<IReadOnlySet<BlobId>>(UsesAllThatIsAsked ? blobs.ToHashSet() : used.ToHashSet());
    }

    public Task<IReadOnlySet<BlobId>> UsedIn(Guid container, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlySet<BlobId>>(used.Where(blob => blob.Uuid == container).ToHashSet());

    public void Distrust(Guid container, IOException why) => Distrusted.Add(container);
}

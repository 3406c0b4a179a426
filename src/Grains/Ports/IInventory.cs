using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The bytes that the journal knows of, across all jobs, and how far they were read again: for what
/// looks after the media store.
/// </summary>
public interface IInventory
{
    /// <summary>
    /// Which of these blobs are needed: an open upload receives bytes in it, a media keeps its
    /// bytes in it, or one of both is made of it.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlySet<BlobId>> Needed(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation = default);

    /// <summary>The extents of a segment in which media keep their bytes.</summary>
    /// <exception cref="DamagedRowException">
    /// A media's row names something that is no blob.
    /// </exception>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlySet<BlobId>> NeededIn(Guid segment, CancellationToken cancellation = default);

    /// <summary>Says that a sweep found blobs that nobody needs.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <param name="sweep">The running time at which the sweep began.</param>
    /// <returns>
    /// For each, the running time of the first of all sweeps that found it so without one in
    /// between that did not.
    /// </returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<BlobId> blobs, TimeSpan sweep);

    /// <summary>
    /// A sweep has looked at everything: what it did not find without need is forgotten.
    /// </summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task ForgetOrphans(TimeSpan sweep);

    /// <summary>
    /// Bytes of media, stored and damaged ones, in the ordinal order of their contents' texts, at
    /// most <paramref name="limit"/>.
    /// </summary>
    /// <param name="after">The content that they come after; null to begin with the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlyList<KeptBytes>> List(BlobId? after, int limit, CancellationToken cancellation = default);

    /// <summary>
    /// The content up to which bytes were read again in the pass that is under way; null at the
    /// start of one.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<BlobId?> CheckedUntil(CancellationToken cancellation = default);

    /// <summary>Remembers how far the pass is.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task SetCheckedUntil(BlobId? content);
}

/// <summary>Bytes that one or more media of a job live on.</summary>
/// <param name="Content">The blob that holds them.</param>
/// <param name="Job">The job's key.</param>
/// <param name="Media">One of the media: the original, or one that is damaged.</param>
/// <param name="Length">How many there should be.</param>
/// <param name="Sha256">The SHA-256 that they should have.</param>
/// <param name="IsDamaged">Whether they are known not to have it.</param>
public sealed record KeptBytes(BlobId Content, string Job, Guid Media, long Length, Sha256Hash Sha256, bool IsDamaged);

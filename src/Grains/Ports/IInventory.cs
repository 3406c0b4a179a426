using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The blobs to which the journal refers, across all jobs, and the progress of reading them again.
/// It is used by the maintenance of the media store.
/// </summary>
public interface IInventory
{
    /// <summary>
    /// Returns those of the blobs that are needed: an open upload receives bytes in the blob, a
    /// media has its bytes in it, or it is a part of a joined blob that an upload or media needs.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    Task<IReadOnlySet<BlobId>> Needed(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation = default);

    /// <summary>Returns the extents of a segment in which media have their bytes.</summary>
    /// <exception cref="DamagedRowException">
    /// The row of a media contains an invalid blob name.
    /// </exception>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    Task<IReadOnlySet<BlobId>> NeededIn(Guid segment, CancellationToken cancellation = default);

    /// <summary>Records that a sweep found blobs that are not needed.</summary>
    /// <param name="blobs">The blobs.</param>
    /// <param name="sweep">The running time at which the sweep started.</param>
    /// <returns>
    /// For each blob, the <paramref name="sweep"/> of the first sweep that found it. A sweep that
    /// does not find the blob restarts the count.
    /// </returns>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<BlobId> blobs, TimeSpan sweep);

    /// <summary>
    /// Ends a sweep that looked at every blob: forgets the blobs that it did not record.
    /// </summary>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task ForgetOrphans(TimeSpan sweep);

    /// <summary>
    /// Lists the contents of stored and damaged media in the ordinal order of their names, at most
    /// <paramref name="limit"/>.
    /// </summary>
    /// <param name="after">The content after which to start; null to start with the first.</param>
    /// <param name="limit">The largest number of results.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    Task<IReadOnlyList<KeptBytes>> List(BlobId? after, int limit, CancellationToken cancellation = default);

    /// <summary>
    /// Returns the last content that the current pass of reading has checked; null at the start of
    /// a pass.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    Task<BlobId?> CheckedUntil(CancellationToken cancellation = default);

    /// <summary>Records the last content that the current pass has checked.</summary>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task SetCheckedUntil(BlobId? content);
}

/// <summary>The content of one or more media of a job.</summary>
/// <param name="Content">The blob that holds the bytes.</param>
/// <param name="Job">The key of the job.</param>
/// <param name="Media">One of the media: the original, or a damaged one.</param>
/// <param name="Length">The length that the bytes should have.</param>
/// <param name="Sha256">The SHA-256 that the bytes should have.</param>
/// <param name="IsDamaged">Whether the journal says that the bytes are damaged.</param>
public sealed record KeptBytes(BlobId Content, string Job, Guid Media, long Length, Sha256Hash Sha256, bool IsDamaged);

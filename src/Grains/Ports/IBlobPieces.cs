namespace OrleansIngest.Grains.Ports;

/// <summary>
/// What is recorded of incoming blobs, for a media store that keeps a blob as several objects until
/// it is finished. The rows are beside those of the open uploads, and every write names the
/// generation of the upload that receives bytes in the blob (<see cref="UploadRow.Generation"/>):
/// if no open upload has this blob and this generation, the write does nothing. All methods throw
/// <see cref="JournalException"/> if the rows cannot be read or written now.
/// </summary>
public interface IBlobPieces
{
    /// <summary>What is recorded of a blob; null if nothing is.</summary>
    Task<BlobPieces?> Find(Guid blob, CancellationToken cancellation = default);

    /// <summary>Records the store's name for its multipart upload of the blob.</summary>
    /// <returns>
    /// The name that is recorded now: an earlier one stays. Null if the generation is another.
    /// </returns>
    Task<string?> Begin(Guid blob, long generation, string multipartUpload);

    /// <summary>
    /// Reserves part numbers for one generation. No number is reserved twice, so a node that was
    /// frozen can overwrite no part of the node that has the upload now.
    /// </summary>
    /// <param name="blob">The UUID of the blob.</param>
    /// <param name="generation">The generation of the upload.</param>
    /// <param name="count">How many numbers.</param>
    /// <returns>
    /// The first of the numbers, which begin with 1; null if the generation is another.
    /// </returns>
    Task<int?> Reserve(Guid blob, long generation, int count);

    /// <summary>
    /// Records a piece that is durable in the store, and forgets all pieces that end behind its
    /// offset. The pieces before it must reach up to its offset.
    /// </summary>
    /// <returns>False if the generation is another, or there is a gap before the piece.</returns>
    Task<bool> Record(Guid blob, long generation, BlobPiece piece);

    /// <summary>Forgets all pieces that end behind an offset.</summary>
    /// <returns>False if the generation is another.</returns>
    Task<bool> Cut(Guid blob, long generation, long offset);

    /// <summary>
    /// Forgets a blob that is finished or freed, whether or not an upload still has it.
    /// </summary>
    Task Forget(Guid blob);
}

/// <summary>What is recorded of a blob.</summary>
/// <param name="MultipartUpload">
/// The store's name for its multipart upload; null if there is none yet.
/// </param>
/// <param name="Pieces">The pieces in the order of their offsets, without a gap.</param>
public sealed record BlobPieces(string? MultipartUpload, IReadOnlyList<BlobPiece> Pieces)
{
    /// <summary>The number of bytes in the pieces.</summary>
    public long Length => Pieces is [.., var last] ? last.Offset + last.Length : 0;
}

/// <summary>A range of an incoming blob.</summary>
/// <param name="Generation">The generation of the upload that wrote it.</param>
/// <param name="Part">
/// The number of the part of the multipart upload; 0 for a tail, which is an object of its own.
/// </param>
/// <param name="Offset">The offset of the first byte in the blob.</param>
/// <param name="Length">The number of bytes, at least 1.</param>
/// <param name="ETag">
/// The entity tag that the store gave to it and, behind a space, what else the store wants to find
/// again. Opaque to the rows; at most 4 KiB.
/// </param>
public sealed record BlobPiece(long Generation, int Part, long Offset, long Length, string ETag)
{
    /// <summary>The piece is an object of its own, and becomes part of a later one.</summary>
    public bool IsTail => Part == 0;
}

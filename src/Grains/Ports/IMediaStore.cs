using System.Buffers;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Stores bytes in blobs. A blob is <em>incoming</em> while an upload appends to it, and
/// <em>content</em> when it is finished. A joined blob is a read-only view of several blobs, one
/// after another; it occupies no space of its own.
/// </summary>
public interface IMediaStore
{
    /// <summary>Allocates a new blob.</summary>
    /// <param name="wholeLength">
    /// The length of bytes that are written with a single append; the store may put several such
    /// blobs into one file. The caller must finish or free the blob, or it occupies space until the
    /// next sweep. Null if the bytes are appended in several steps; such a blob occupies no space
    /// until something is written.
    /// </param>
    /// <exception cref="IOException">The store failed.</exception>
    BlobId New(long? wholeLength = null);

    /// <summary>
    /// Returns how many bytes of a blob are safe after a restart, given that
    /// <paramref name="recorded"/> were recorded as durable. A finished blob is safe as a whole.
    /// Bytes beyond the recorded ones are safe only if the deployment need not survive a power cut,
    /// or if the store records itself what is durable.
    /// </summary>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a blob to append at <paramref name="offset"/>, and removes the bytes behind it. After
    /// a failure of the store, the offset must be the last safe one: bytes that were written since
    /// then must be written again.
    /// </summary>
    /// <param name="incoming">The blob.</param>
    /// <param name="offset">The offset of the first new byte.</param>
    /// <param name="generation">
    /// The generation of the open upload that has the blob, for a store that several nodes write
    /// to; 0 if only this process knows the blob.
    /// </param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="StoreBusyException">Too many blobs are open.</exception>
    /// <exception cref="IOException">
    /// The store failed, the blob has fewer bytes than the offset, or it is finished.
    /// </exception>
    ValueTask<IMediaWriter> Append(
        BlobId incoming, long offset, long generation = 0, CancellationToken cancellation = default);

    /// <summary>
    /// Finishes a blob that has exactly <paramref name="length"/> bytes: makes it durable and
    /// returns its content. May be repeated, with the same result. If the content of a joined blob
    /// is no joined blob, its parts can be freed when the journal names the content.
    /// </summary>
    /// <exception cref="IOException">
    /// The store failed, the blob has another number of bytes, or another node has the upload.
    /// </exception>
    ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a blob for reading, finished or not. It stays readable until the reader is disposed,
    /// even if this process frees the blob meanwhile. If another node frees it, reading may fail.
    /// Of an incoming blob a store may be able to read only the last bytes.
    /// </summary>
    /// <exception cref="FileNotFoundException">The blob does not exist.</exception>
    /// <exception cref="StoreBusyException">Too many blobs are open.</exception>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default);

    /// <summary>
    /// Frees the space of a blob, finished or not. Does nothing if the blob does not exist.
    /// </summary>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask Free(BlobId blob, CancellationToken cancellation = default);

    /// <summary>
    /// Lists the blobs that occupy space and are not used, in no particular order. Each can be
    /// freed. Files that the store did not create are not listed, and neither is a range of a
    /// shared file that is being read or written.
    /// </summary>
    /// <param name="use">
    /// Says which blobs are used. The store asks about a blob only after it found the blob.
    /// </param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="IOException">The store failed.</exception>
    IAsyncEnumerable<StoredBlob> Unused(IBlobUse use, CancellationToken cancellation = default);
}

/// <summary>
/// Tells a media store which blobs are used, when it looks for unused ones.
/// </summary>
public interface IBlobUse
{
    /// <summary>Returns those of the blobs that are used.</summary>
    Task<IReadOnlySet<BlobId>> Used(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation);

    /// <summary>
    /// Returns all used blobs in a container, which is a file that several blobs share. No new blob
    /// is put into it any more.
    /// </summary>
    /// <exception cref="IOException">The information about this container is damaged.</exception>
    Task<IReadOnlySet<BlobId>> UsedIn(Guid container, CancellationToken cancellation);

    /// <summary>
    /// Called when the store finds that the information about a container is wrong. It lists none
    /// of the blobs in it, and continues with the next container.
    /// </summary>
    void Distrust(Guid container, IOException why);
}

/// <summary>A blob that occupies space.</summary>
/// <param name="Blob">The name of the blob.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="IsFinished">Whether the blob is finished.</param>
public sealed record StoredBlob(BlobId Blob, long Length, bool IsFinished);

/// <summary>
/// Appends to a blob. The caller must make sure that a blob has only one writer at a time.
/// </summary>
public interface IMediaWriter : IAsyncDisposable
{
    /// <summary>The offset of the next byte.</summary>
    long Offset { get; }

    /// <summary>
    /// The offset up to which the bytes are as durable as the deployment promises. It may be lower
    /// than <see cref="Offset"/> until the next <see cref="Sync"/>.
    /// </summary>
    long SafeOffset { get; }

    /// <summary>
    /// Writes all of the bytes. They count up to <see cref="SafeOffset"/>. The others are lost with
    /// this process, or when the writer is disposed, unless the store keeps them or the blob is
    /// finished next.
    /// </summary>
    /// <exception cref="StoreFullException">
    /// There is no space. The bytes do not count; bytes written before can still be made durable.
    /// </exception>
    /// <exception cref="IOException">The store failed, or another node has the upload.</exception>
    ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default);

    /// <summary>
    /// Makes everything that was written as durable as the deployment promises.
    /// </summary>
    /// <exception cref="IOException">
    /// The store failed, or another node has the upload. Bytes beyond <see cref="SafeOffset"/> do
    /// not count any more.
    /// </exception>
    ValueTask Sync(CancellationToken cancellation = default);
}

/// <summary>Reads from a blob at any offset.</summary>
public interface IMediaReader : IAsyncDisposable
{
    /// <summary>The length in bytes.</summary>
    long Length { get; }

    /// <summary>
    /// Reads bytes at <paramref name="offset"/> into <paramref name="buffer"/>.
    /// </summary>
    /// <returns>The number of bytes read; 0 at the end of the blob.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default);
}

/// <summary>
/// The store has no space for bytes now. Calls that need no space still work, and there may be
/// space later.
/// </summary>
public sealed class StoreFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// The store has too many files open. The call did nothing; repeat it a moment later.
/// </summary>
public sealed class StoreBusyException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// The store cannot be reached, or asks for less load. The call was tried again for a while; the
/// same call may succeed later.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);

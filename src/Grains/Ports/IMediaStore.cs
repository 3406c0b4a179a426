using System.Buffers;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Where bytes are, in blobs. A blob is incoming while an upload appends to it, and content when it
/// is finished. Several files in a row are one blob, too, which takes no bytes and gives none back:
/// a joined one.
/// </summary>
public interface IMediaStore
{
    /// <summary>A new, unused blob.</summary>
    /// <param name="wholeLength">
    /// Null for bytes that come as they may; then the blob costs nothing until something is
    /// written. Else the bytes in all, which come in one go: the blob is appended to once, and
    /// nothing of it is needed unless all of it comes. The store may keep many such in one file. It
    /// is finished or freed, or else it takes space until the sweep finds it.
    /// </param>
    /// <exception cref="IOException">The store fails.</exception>
    BlobId New(long? wholeLength = null);

    /// <summary>
    /// After a restart: how many bytes of a blob may be relied on, if <paramref name="recorded"/>
    /// of them were recorded as durable. A finished blob is durable as a whole; what else was
    /// written counts only if the deployment need not survive a power cut.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a blob to append at <paramref name="offset"/>; whatever lies beyond is cut off. After
    /// a failure of the store this must be the last safe offset: what was written since counts only
    /// when it has been written anew.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many blobs are open.</exception>
    /// <exception cref="IOException">
    /// The store fails, the blob holds fewer bytes than that, or is finished.
    /// </exception>
    ValueTask<IMediaWriter> Append(BlobId incoming, long offset, CancellationToken cancellation = default);

    /// <summary>
    /// Makes a blob that holds exactly <paramref name="length"/> bytes durable for good and returns
    /// the content that it is from now on. May be repeated: the answer is the same.
    /// </summary>
    /// <exception cref="IOException">
    /// The store fails, or the blob does not hold that many bytes.
    /// </exception>
    ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a blob to read, finished or not. It stays readable until disposed, even if it is freed
    /// meanwhile.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="StoreBusyException">Too many blobs are open.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default);

    /// <summary>
    /// Gives back the bytes of a blob, finished or not. Does nothing if there are none.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask Free(BlobId blob, CancellationToken cancellation = default);

    /// <summary>
    /// Blobs that take space and that nothing uses, in no order: each can be freed. What the store
    /// did not make is not listed; nor is what is read or written now in a file that blobs share.
    /// </summary>
    /// <param name="use">
    /// Says what is used. It is asked about blobs after the store found them, never before.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The store fails.</exception>
    IAsyncEnumerable<StoredBlob> Unused(IBlobUse use, CancellationToken cancellation = default);
}

/// <summary>
/// Says which blobs are used, to a media store that looks for those that are not.
/// </summary>
public interface IBlobUse
{
    /// <summary>Which of these blobs are used.</summary>
    Task<IReadOnlySet<BlobId>> Used(IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation);

    /// <summary>All blobs in a container that are used. No new blob comes into it.</summary>
    /// <exception cref="IOException">What it says about this container is damaged.</exception>
    Task<IReadOnlySet<BlobId>> UsedIn(Guid container, CancellationToken cancellation);

    /// <summary>
    /// The store does not trust what it knows about a container: it gives nothing of it, and goes
    /// on.
    /// </summary>
    void Distrust(Guid container, IOException why);
}

/// <summary>A blob that takes space.</summary>
/// <param name="Blob">Its name.</param>
/// <param name="Length">Bytes in it.</param>
/// <param name="IsFinished">Whether it is content.</param>
public sealed record StoredBlob(BlobId Blob, long Length, bool IsFinished);

/// <summary>Appends to one blob. One writer a blob at a time: the caller sees to it.</summary>
public interface IMediaWriter : IAsyncDisposable
{
    /// <summary>Where the next byte goes.</summary>
    long Offset { get; }

    /// <summary>
    /// Bytes before it are as durable as the deployment promises; without a <see cref="Sync"/> it
    /// may stay behind.
    /// </summary>
    long SafeOffset { get; }

    /// <summary>
    /// Writes all of it. When it returns, the bytes survive the end of this process.
    /// </summary>
    /// <exception cref="StoreFullException">
    /// There is no room: nothing of it counts, and what was written before can be made durable.
    /// </exception>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default);

    /// <summary>
    /// When it returns, all that was written is as durable as the deployment promises.
    /// </summary>
    /// <exception cref="IOException">
    /// The store fails: nothing beyond <see cref="SafeOffset"/> counts any more.
    /// </exception>
    ValueTask Sync(CancellationToken cancellation = default);
}

/// <summary>Reads one blob, from anywhere in it.</summary>
public interface IMediaReader : IAsyncDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>
    /// Reads up to <paramref name="buffer"/>'s length from <paramref name="offset"/>; 0 at the end.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default);
}

/// <summary>
/// The store has no room for bytes now; whatever needs none still works, and later there may be
/// room again.
/// </summary>
public sealed class StoreFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// The store has as many files open as it may: nothing was done, and a moment later there may be
/// room.
/// </summary>
public sealed class StoreBusyException(string message, Exception? inner = null) : IOException(message, inner);

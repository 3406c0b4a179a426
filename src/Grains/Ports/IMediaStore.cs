using System.Buffers;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Where bytes are. An upload's bytes go to a <em>place</em>; a finished one has a <em>location</em>. Both are opaque
/// strings of the store's own making: nothing that a caller sent is part of them. Several places in a row are one, too, which
/// takes no bytes and gives none back: a <see cref="JoinedPlace"/>.
/// </summary>
public interface IMediaStore
{
    /// <summary>A new, unused place. Costs nothing until something is written.</summary>
    string NewPlace();

    /// <summary>
    /// A new place for bytes that come in one go: appended to once, and nothing of it is needed unless all of it comes. The
    /// store may keep many such in one file. It is finished or freed, or else it takes space until the sweep finds it.
    /// </summary>
    /// <param name="length">Bytes in all.</param>
    /// <exception cref="IOException">The store fails.</exception>
    string NewPlace(long length);

    /// <summary>Bytes in a place, finished or not; 0 if nothing was written.</summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<long> Length(string place, CancellationToken cancellation = default);

    /// <summary>
    /// After a restart: how many bytes of a place may be relied on, if <paramref name="recorded"/> of them were recorded as
    /// durable. A finished place is durable as a whole; what else was written counts only if the deployment need not survive
    /// a power cut.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<long> SafeLength(string place, long recorded, CancellationToken cancellation = default);

    /// <summary>
    /// Opens a place to append at <paramref name="offset"/>; whatever lies beyond is cut off. After a failure of the store this
    /// must be the last safe offset: what was written since counts only when it has been written anew.
    /// </summary>
    /// <exception cref="StoreBusyException">Too many places are open.</exception>
    /// <exception cref="IOException">The store fails, the place holds fewer bytes than that, or is finished.</exception>
    ValueTask<IMediaWriter> Append(string place, long offset, CancellationToken cancellation = default);

    /// <summary>
    /// Makes a place that holds exactly <paramref name="length"/> bytes durable for good and returns its location.
    /// May be repeated: the answer is the same.
    /// </summary>
    /// <exception cref="IOException">The store fails, or the place does not hold that many bytes.</exception>
    ValueTask<string> Finish(string place, long length, CancellationToken cancellation = default);

    /// <summary>Opens a place or location to read. Stays readable until disposed, even if it is freed meanwhile.</summary>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    /// <exception cref="StoreBusyException">Too many places are open.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<IMediaReader> Read(string placeOrLocation, CancellationToken cancellation = default);

    /// <summary>Gives back the bytes of a place or location. Does nothing if there are none.</summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask Free(string placeOrLocation, CancellationToken cancellation = default);

    /// <summary>
    /// All places that hold bytes and share them with no other, or did when the listing came by; in no order. What the store
    /// did not make is not listed.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    IAsyncEnumerable<PlaceInfo> List(CancellationToken cancellation = default);

    /// <summary>
    /// The files that many places share, but for the one that is being filled: no new place comes into these. The places in
    /// one begin with its name.
    /// </summary>
    /// <exception cref="IOException">The store fails.</exception>
    IAsyncEnumerable<string> Shared(CancellationToken cancellation = default);

    /// <summary>What can be freed of a shared file: all of it but what is needed, read or written. Each part can be freed as a place.</summary>
    /// <param name="shared">One of <see cref="Shared"/>.</param>
    /// <param name="needed">All locations in it that are needed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The store fails, or these cannot be the locations in that file.</exception>
    ValueTask<IReadOnlyList<PlaceInfo>> Unneeded(string shared, IReadOnlyCollection<string> needed, CancellationToken cancellation = default);
}

/// <summary>A place that holds bytes.</summary>
/// <param name="Place">The place, or the location that it became.</param>
/// <param name="Length">Bytes in it.</param>
/// <param name="IsFinished">Whether it is a location.</param>
public sealed record PlaceInfo(string Place, long Length, bool IsFinished);

/// <summary>Appends to one place. One writer a place at a time: the caller sees to it.</summary>
public interface IMediaWriter : IAsyncDisposable
{
    /// <summary>Where the next byte goes.</summary>
    long Offset { get; }

    /// <summary>Bytes before it are as durable as the deployment promises; without a <see cref="Sync"/> it may stay behind.</summary>
    long SafeOffset { get; }

    /// <summary>Writes all of it. When it returns, the bytes survive the end of this process.</summary>
    /// <exception cref="StoreFullException">There is no room: nothing of it counts, and what was written before can be made durable.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default);

    /// <summary>When it returns, all that was written is as durable as the deployment promises.</summary>
    /// <exception cref="IOException">The store fails: nothing beyond <see cref="SafeOffset"/> counts any more.</exception>
    ValueTask Sync(CancellationToken cancellation = default);
}

/// <summary>Reads one place or location, from anywhere in it.</summary>
public interface IMediaReader : IAsyncDisposable
{
    /// <summary>Bytes in all.</summary>
    long Length { get; }

    /// <summary>Reads up to <paramref name="buffer"/>'s length from <paramref name="offset"/>; 0 at the end.</summary>
    /// <exception cref="IOException">The store fails.</exception>
    ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default);
}

/// <summary>The store has no room for bytes now; whatever needs none still works, and later there may be room again.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>
/// The store has as many files open as it may: nothing was done, and a moment later there may be room.
/// </summary>
public sealed class StoreBusyException(string message, Exception? inner = null) : IOException(message, inner);

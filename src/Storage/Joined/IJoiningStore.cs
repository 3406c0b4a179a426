using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// A media store that makes one blob of the parts of a joined one when it is finished, instead of
/// keeping the parts.
/// </summary>
internal interface IJoiningStore
{
    /// <summary>
    /// Makes a blob of the parts of a joined blob, which hold <paramref name="length"/> bytes
    /// together. The parts stay. May be repeated, with the same result.
    /// </summary>
    /// <exception cref="IOException">
    /// The store failed, or the parts have another number of bytes.
    /// </exception>
    ValueTask<BlobId> Join(BlobId joined, long length, CancellationToken cancellation);
}

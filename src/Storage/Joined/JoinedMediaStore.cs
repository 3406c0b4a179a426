using System.Collections.Concurrent;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// Adds joined blobs to a media store. A joined blob is read through its parts, which are blobs of
/// the underlying store. When it is finished, nothing is copied either, unless the store makes one
/// blob of the parts itself (<see cref="IJoiningStore"/>).
/// </summary>
public sealed class JoinedMediaStore(IMediaStore store) : IMediaStore, IDisposable
{
    /// <summary>
    /// The number of parts that are finished concurrently. Finishing a part waits for the disk
    /// several times, and the waits overlap.
    /// </summary>
    private const int FinishedAtOnce = 16;

    private readonly PartReaders _readers = new();

    /// <inheritdoc/>
    public BlobId New(long? wholeLength = null) => store.New(wholeLength);

    /// <inheritdoc/>
    public ValueTask<long> SafeLength(BlobId incoming, long recorded, CancellationToken cancellation = default) =>
        IsJoined(incoming) ? ValueTask.FromResult(recorded) : store.SafeLength(incoming, recorded, cancellation);

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(
        BlobId incoming, long offset, long generation = 0, CancellationToken cancellation = default) =>
        IsJoined(incoming)
        ? throw new IOException("Bytes are added to the parts of a joined blob, not to itself.")
        : store.Append(incoming, offset, generation, cancellation);

    /// <inheritdoc/>
    public ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default) =>
        IsJoined(incoming)
        ? FinishJoined(incoming, length, cancellation)
        : store.Finish(incoming, length, cancellation);

    /// <inheritdoc/>
    public ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default) =>
        IsJoined(blob) ? JoinedReader.Open(store, blob.Parts, _readers, cancellation) : store.Read(blob, cancellation);

    /// <inheritdoc/>
    public ValueTask Free(BlobId blob, CancellationToken cancellation = default) =>
        // A joined blob has no bytes of its own: its parts are freed one by one.
        !IsJoined(blob) && _readers.Free(blob) ? store.Free(blob, cancellation) : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredBlob> Unused(IBlobUse use, CancellationToken cancellation = default) =>
        store.Unused(use, cancellation);

    /// <inheritdoc/>
    public void Dispose() => (store as IDisposable)?.Dispose();

    private static bool IsJoined(BlobId blob) => blob.Kind == BlobKind.Joined;

    private ValueTask<BlobId> FinishJoined(BlobId joined, long length, CancellationToken cancellation) =>
        store is IJoiningStore joining
        ? joining.Join(joined, length, cancellation)
        : FinishParts(joined, length, cancellation);

    private async ValueTask<BlobId> FinishParts(BlobId joined, long length, CancellationToken cancellation)
    {
        var lengths = new Dictionary<BlobId, long>();
        foreach (var part in joined.Parts.Where(part => !lengths.ContainsKey(part)))
            lengths[part] = await Length(part, cancellation);
        if (joined.Parts.Sum(part => lengths[part]) is var holds && holds != length)
            throw new IOException($"The parts hold {holds} bytes, not {length}.");
        var contents = new ConcurrentDictionary<BlobId, BlobId>();
        await Parallel.ForEachAsync(
            lengths, new ParallelOptions { MaxDegreeOfParallelism = FinishedAtOnce, CancellationToken = cancellation },
            async (part, stop) => contents[part.Key] = await store.Finish(part.Key, part.Value, stop));
        return joined.With(joined.Parts.Select(part => contents[part]));
    }

    private async ValueTask<long> Length(BlobId part, CancellationToken cancellation)
    {
        try
        {
            await using var reader = await store.Read(part, cancellation);
            return reader.Length;
        }
        catch (FileNotFoundException)
        {
            return 0; // a part may be empty, and then nothing was ever written to it
        }
    }
}

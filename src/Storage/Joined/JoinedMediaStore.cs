using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Joined;

/// <summary>
/// Adds <see cref="JoinedPlace"/>s to a media store. Nothing is copied: a joined place is read
/// through its parts, which are places of the underlying store.
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
    public string NewPlace() => store.NewPlace();

    /// <inheritdoc/>
    public string NewPlace(long length) => store.NewPlace(length);

    /// <inheritdoc/>
    public ValueTask<long> Length(string place, CancellationToken cancellation = default) =>
        JoinedPlace.TryParse(place) is { } joined ? Length(joined, cancellation) : store.Length(place, cancellation);

    /// <inheritdoc/>
    public ValueTask<long> SafeLength(string place, long recorded, CancellationToken cancellation = default) =>
        JoinedPlace.TryParse(place) is null
            ? store.SafeLength(place, recorded, cancellation)
            : ValueTask.FromResult(recorded);

    /// <inheritdoc/>
    public ValueTask<IMediaWriter> Append(string place, long offset, CancellationToken cancellation = default) =>
        JoinedPlace.TryParse(place) is null
            ? store.Append(place, offset, cancellation)
            : throw new IOException("Bytes are added to the parts of a joined place, not to itself.");

    /// <inheritdoc/>
    public ValueTask<string> Finish(string place, long length, CancellationToken cancellation = default) =>
        JoinedPlace.TryParse(place) is { } joined
            ? Finish(joined, length, cancellation)
            : store.Finish(place, length, cancellation);

    /// <inheritdoc/>
    public ValueTask<IMediaReader> Read(string placeOrLocation, CancellationToken cancellation = default) =>
        JoinedPlace.TryParse(placeOrLocation) is { } joined
            ? JoinedReader.Open(store, joined, _readers, cancellation)
            : store.Read(placeOrLocation, cancellation);

    /// <inheritdoc/>
    public ValueTask Free(string placeOrLocation, CancellationToken cancellation = default) =>
        // A joined place has no bytes of its own: its parts are freed one by one.
        JoinedPlace.TryParse(placeOrLocation) is null && _readers.Free(placeOrLocation)
            ? store.Free(placeOrLocation, cancellation)
            : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public IAsyncEnumerable<PlaceInfo> List(CancellationToken cancellation = default) => store.List(cancellation);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> Shared(CancellationToken cancellation = default) => store.Shared(cancellation);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PlaceInfo>> Unneeded(
        string shared, IReadOnlyCollection<string> needed, CancellationToken cancellation = default) =>
        store.Unneeded(shared, needed, cancellation);

    /// <inheritdoc/>
    public void Dispose() => (store as IDisposable)?.Dispose();

    private async ValueTask<long> Length(JoinedPlace joined, CancellationToken cancellation)
    {
        long length = 0;
        foreach (var part in joined.Parts)
            length += await store.Length(part, cancellation);
        return length;
    }

    private async ValueTask<string> Finish(JoinedPlace joined, long length, CancellationToken cancellation)
    {
        if (await Length(joined, cancellation) is var holds && holds != length)
            throw new IOException($"The parts hold {holds} bytes, not {length}.");
        var locations = new ConcurrentDictionary<string, string>();
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = FinishedAtOnce,
            CancellationToken = cancellation,
        };
        await Parallel.ForEachAsync(joined.Parts.Distinct(), parallel, async (part, stop) =>
            locations[part] = await store.Finish(part, await store.Length(part, stop), stop));
        return joined.With(joined.Parts.Select(part => locations[part])).ToString();
    }
}

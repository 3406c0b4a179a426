using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>What all blobs of a store share.</summary>
/// <param name="Bucket">The objects.</param>
/// <param name="Keys">Their keys.</param>
/// <param name="Pool">The memory for bytes that wait.</param>
/// <param name="Rows">What is recorded of incoming blobs.</param>
/// <param name="Time">The clock.</param>
/// <param name="Log">The log.</param>
internal sealed record S3Context(
    Bucket Bucket, BlobKeys Keys, BlockPool Pool, IBlobPieces Rows, TimeProvider Time, ILogger Log)
{
    /// <summary>What is known of blobs that no upload has.</summary>
    public LocalPieces Local { get; } = new();

    /// <summary>Where the pieces of a generation are recorded.</summary>
    public IBlobPieces PiecesOf(long generation) => generation == 0 ? Local : Rows;

    /// <summary>The range of a piece that is an object of its own.</summary>
    public ObjectRange RangeOf(Guid blob, Tail tail) => new(Keys.Of(blob, tail), 0, tail.Length);

    /// <summary>
    /// Deletes objects that nothing needs. A failure costs only space, and is left to the end of
    /// the blob or to a sweep.
    /// </summary>
    public Task Delete(IEnumerable<string> keys) => Parallel.ForEachAsync(keys, async (key, stop) =>
    {
        try
        {
            await Bucket.Delete(key, stop);
        }
        catch (IOException e)
        {
            Log.LogWarning(e, "{Key} could not be deleted; a sweep will", key);
        }
    });

    /// <summary>What is recorded of a blob; null if nothing is.</summary>
    public async Task<BlobPieces?> Find(BlobId blob, CancellationToken cancellation) =>
        await Local.Find(blob.Uuid, cancellation) ?? await Rows.Find(blob.Uuid, cancellation);

    /// <summary>The exception for a blob that the store does not have.</summary>
    public static FileNotFoundException NotFound(BlobId blob) =>
        new("The media store has no such bytes.", blob.ToString());

    /// <summary>Checks that a blob has the expected length.</summary>
    /// <exception cref="IOException">The lengths differ.</exception>
    public static void CheckLength(long length, long expected)
    {
        if (length != expected)
            throw new IOException($"The blob holds {length} bytes, not {expected}.");
    }
}

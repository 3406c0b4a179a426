using System.Runtime.CompilerServices;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;
using OrleansIngest.Storage.S3.Incoming;

namespace OrleansIngest.Storage.S3;

/// <summary>
/// Looks through the bucket for blobs that nothing uses: objects, tails, and multipart uploads that
/// are not finished.
/// </summary>
/// <param name="context">What all blobs share.</param>
/// <param name="isHeld">Whether this process reads or writes a blob now.</param>
internal sealed class UnusedObjects(S3Context context, Func<BlobId, bool> isHeld)
{
    /// <summary>The number of blobs per call of <see cref="IBlobUse.Used"/>.</summary>
    private const int Batch = 512;

    /// <summary>Lists what nothing uses.</summary>
    public async IAsyncEnumerable<StoredBlob> List(
        IBlobUse use, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var found in Find(cancellation).Chunk(Batch).WithCancellation(cancellation))
        {
            var used = await use.Used([.. found.Select(blob => blob.Id)], cancellation);
            foreach (var blob in found)
            {
                if (used.Contains(blob.Id))
                    await Tidy(blob, cancellation);
                else if (!isHeld(blob.Id))
                    yield return new StoredBlob(blob.Id, await LengthOf(blob, cancellation), blob.IsFinished);
            }
        }
    }

    /// <summary>
    /// All blobs with what there is of each. Multipart uploads are listed first: one that becomes
    /// an object meanwhile is seen as that.
    /// </summary>
    private async IAsyncEnumerable<FoundBlob> Find([EnumeratorCancellation] CancellationToken cancellation)
    {
        var uploads = new Dictionary<Guid, List<MultipartName>>();
        await foreach (var upload in context.Bucket.ListUploads(context.Keys.Prefix, cancellation))
        {
            if (context.Keys.BlobOf(upload.Key) is not { } blob)
                continue;
            if (!uploads.TryGetValue(blob, out var all))
                uploads[blob] = all = [];
            all.Add(upload);
        }
        await foreach (var found in FindObjects(cancellation))
            yield return uploads.Remove(found.Uuid, out var own) ? found with { Uploads = own } : found;
        foreach (var (blob, own) in uploads)
            yield return new FoundBlob(blob, [], own);
    }

    /// <summary>Blobs that have objects. Those of one blob follow each other in the list.</summary>
    private async IAsyncEnumerable<FoundBlob> FindObjects([EnumeratorCancellation] CancellationToken cancellation)
    {
        FoundBlob? current = null;
        await foreach (var one in context.Bucket.List(context.Keys.Prefix, cancellation))
        {
            if (context.Keys.BlobOf(one.Key) is not { } uuid)
                continue;
            if (current is not null && current.Uuid != uuid)
                yield return current;
            current = current?.Uuid == uuid ? current : new FoundBlob(uuid, [], []);
            current.Objects.Add(one with { Key = one.Key == context.Keys.Of(uuid) ? "" : one.Key });
        }
        if (current is not null)
            yield return current;
    }

    private async Task<long> LengthOf(FoundBlob blob, CancellationToken cancellation)
    {
        var length = blob.Objects.Sum(one => one.Length);
        foreach (var upload in blob.Uploads)
            length += await context.Bucket.SizeOf(upload, cancellation);
        return length;
    }

    /// <summary>
    /// A finished blob never changes, so whatever else there is of it is left over from a crash
    /// while it was finished, or from a node that had lost the upload. While something is recorded
    /// of it, it is not finished: an object may be there that is still to be replaced.
    /// </summary>
    private async Task Tidy(FoundBlob blob, CancellationToken cancellation)
    {
        if (!blob.IsFinished || isHeld(blob.Id) || await context.Find(blob.Id, cancellation) is not null)
            return;
        await context.Delete(blob.Objects.Where(one => one.Key.Length > 0).Select(one => one.Key));
        foreach (var upload in blob.Uploads)
            await context.Bucket.Abort(upload, cancellation);
    }

    /// <summary>What there is of a blob.</summary>
    /// <param name="Uuid">The blob.</param>
    /// <param name="Objects">
    /// Its tails; and with an empty key, the object of a finished one.
    /// </param>
    /// <param name="Uploads">Its multipart uploads that are not finished.</param>
    private sealed record FoundBlob(Guid Uuid, List<StoredObject> Objects, List<MultipartName> Uploads)
    {
        public BlobId Id { get; } = BlobId.Object(Uuid);

        public bool IsFinished => Objects.Any(one => one.Key.Length == 0);
    }
}

using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>Makes one object of what came of a blob. May be repeated.</summary>
internal sealed class Finishing(S3Context context, S3Options options)
{
    /// <summary>Finishes a blob.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="length">The length that it must have.</param>
    /// <param name="writer">
    /// The writer of this process that has bytes of it which are not recorded; null if there is
    /// none.
    /// </param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="IOException">
    /// The store failed, the blob has another length, or another node has the upload.
    /// </exception>
    public async Task Finish(BlobId blob, long length, S3Writer? writer, CancellationToken cancellation)
    {
        var record = writer?.Record ?? await Find(blob, cancellation);
        if (record is null)
        {
            await FinishEmpty(blob, length, cancellation);
            return;
        }
        S3Context.CheckLength(writer?.Offset ?? record.Length, writer?.Whole ?? length);
        S3Context.CheckLength(writer?.Offset ?? record.Length, length);
        if (writer is not null)
            await writer.Sent();
        if (record.Parts.Any())
            await PutTogether(record, length, writer, cancellation);
        else
            await PutWhole(record, writer?.Rest ?? RestOf(record), cancellation);
        if (!record.IsEmpty)
            await Clean(record, cancellation);
    }

    /// <summary>Nothing is recorded: the blob is finished already, or it has no bytes.</summary>
    private async Task FinishEmpty(BlobId blob, long length, CancellationToken cancellation)
    {
        var key = context.Keys.Of(blob.Uuid);
        if (await context.Bucket.Head(key, cancellation) is { } found)
            S3Context.CheckLength(found.Length, length);
        else if (length == 0)
            await context.Bucket.Put(key, Body.Empty, options.ConditionalPut, cancellation);
        else
            S3Context.CheckLength(0, length);
    }

    private async Task<BlobRecord?> Find(BlobId blob, CancellationToken cancellation)
    {
        if (await context.Local.Find(blob.Uuid, cancellation) is { } local)
            return new BlobRecord(context, blob, 0, local);
        return await context.Rows.Find(blob.Uuid, cancellation) is { } rows
            ? new BlobRecord(context, blob, rows.Pieces is [.., var last] ? last.Generation : 1, rows)
            : null;
    }

    private static Body RestOf(BlobRecord record) => new([.. record.Ranges(record.Tails)]);

    /// <summary>
    /// Puts the blob as one object. An object that exists is left alone: it has the same bytes, or
    /// a node that lost the upload put it there.
    /// </summary>
    private async Task PutWhole(BlobRecord record, Body body, CancellationToken cancellation)
    {
        var tag = await context.Bucket.Put(record.Key, body, options.ConditionalPut, cancellation);
        if (tag is not null || await context.Bucket.Holds(record.Key, body, cancellation))
            return;
        await record.NextNumber(); // fails if this node does not have the upload
        await context.Bucket.Put(record.Key, body, onlyIfNew: false, cancellation);
    }

    private async Task PutTogether(
        BlobRecord record, long length, S3Writer? writer, CancellationToken cancellation)
    {
        IReadOnlyList<SentPart>? parts = null;
        try
        {
            // Bytes that are not recorded must be, before they can count: only the node that has
            // the upload can do that.
            if (writer?.Rest is { Memory.Length: > 0 })
                await writer.SendRest();
            parts = [.. record.Parts.Select(part => new SentPart(part.Part, PieceTag.ETag(part)))];
            if (RestOf(record) is { Length: > 0 } rest)
                parts = [.. parts, await PutFinal(record, rest, cancellation)];
            await context.Bucket.Complete(await record.Multipart(), parts, length, cancellation);
        }
        catch (NoSuchUploadException)
        {
            // It was put together before. If not, the check below fails.
        }
        await Check(record, length, parts, cancellation);
    }

    private async Task<SentPart> PutFinal(BlobRecord record, Body rest, CancellationToken cancellation) => new(
        PartSizes.FinalNumber,
        await context.Bucket.PutPart(await record.Multipart(), PartSizes.FinalNumber, rest, cancellation));

    /// <summary>
    /// The object has the right length and, as far as its tag tells, was made of these parts.
    /// </summary>
    private async Task Check(
        BlobRecord record, long length, IReadOnlyList<SentPart>? parts, CancellationToken cancellation)
    {
        var made = await context.Bucket.Head(record.Key, cancellation)
            ?? throw new IOException("The multipart upload was aborted, and its bytes are lost: create it again.");
        S3Context.CheckLength(made.Length, length);
        if (parts is not null && options.HasPlainTags && !MultipartTag.MayBeOf(made.Tag, parts))
            throw new IOException("Another node has made the object of other parts.");
    }

    /// <summary>Takes away everything of the blob but its object.</summary>
    private async Task Clean(BlobRecord record, CancellationToken cancellation)
    {
        var tails = context.Bucket.List(context.Keys.TailsOf(record.Blob.Uuid), cancellation);
        await context.Delete(await tails.Select(tail => tail.Key).ToListAsync(cancellation));
        if (!record.Parts.Any() && record.Started is { } unused)
            await context.Bucket.Abort(unused, cancellation);
        await context.PiecesOf(record.Generation).Forget(record.Blob.Uuid);
    }
}

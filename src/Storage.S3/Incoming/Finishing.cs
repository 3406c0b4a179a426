using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>Makes one object of what came of a blob. May be repeated.</summary>
internal sealed class Finishing(S3Context context, S3Options options, Joining joining)
{
    private readonly SurplusParts _surplus = new(context, joining);

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
        if (record is null || (writer is null && record.Length == 0))
            await FinishEmpty(blob, length, cancellation);
        else
            await Finish(record, length, writer, cancellation);
        if (record?.IsEmpty == false)
            await Clean(record, cancellation);
    }

    private async Task Finish(BlobRecord record, long length, S3Writer? writer, CancellationToken cancellation)
    {
        S3Context.CheckLength(writer?.Offset ?? record.Length, writer?.Whole ?? length);
        S3Context.CheckLength(writer?.Offset ?? record.Length, length);
        if (writer is not null)
            await writer.Sent();
        if (record.Parts.Any())
            await PutTogether(record, length, writer, cancellation);
        else
            await PutWhole(record, writer?.Rest ?? RestOf(record), cancellation);
    }

    /// <summary>No byte is recorded: the blob is finished already, or it has no bytes.</summary>
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
        try
        {
            var tag = await context.Bucket.Put(record.Key, body, options.ConditionalPut, cancellation);
            if (tag is not null || await context.Bucket.Holds(record.Key, body, cancellation))
                return;
            await record.NextNumber(); // fails if this node does not have the upload
            await context.Bucket.Put(record.Key, body, onlyIfNew: false, cancellation);
        }
        catch (FileNotFoundException)
        {
            // The tails are gone, so another call has finished the blob.
            await Check(record, body.Length, cancellation);
        }
    }

    private async Task PutTogether(
        BlobRecord record, long length, S3Writer? writer, CancellationToken cancellation)
    {
        // Bytes that are not recorded must be, before they can count: only the node that has the
        // upload can do that. Few of them become a tail, not a part: a small part that could not be
        // recorded would be in the way for ever, because only the last part may be small.
        if (writer is not null)
            await writer.Sync(cancellation);
        IReadOnlyList<SentPart> parts =
            [.. record.Parts.Select(part => new SentPart(part.Part, PieceTag.ETag(part), part.Length))];
        var upload = await record.Multipart();
        try
        {
            if (RestOf(record) is { Length: > 0 } rest)
                parts = [.. parts, await PutFinal(upload, rest, cancellation)];
            await context.Bucket.Complete(upload, parts, length, cancellation);
        }
        catch (InvalidPartException)
        {
            await _surplus.PutTogether(record, upload, parts, cancellation);
        }
        catch (Exception e) when (e is NoSuchUploadException or FileNotFoundException)
        {
            // It was put together before. If not, the check below fails.
            if (!await _surplus.TryGoOn(record, length, cancellation))
                await CheckTag(record, parts, length, cancellation);
        }
        await Check(record, length, cancellation);
    }

    private async Task<SentPart> PutFinal(MultipartName upload, Body rest, CancellationToken cancellation)
    {
        var tag = await context.Bucket.PutPart(upload, PartSizes.FinalNumber, rest, cancellation);
        return Final(tag, rest.Length);
    }

    private static SentPart Final(string tag, long length) => new(PartSizes.FinalNumber, tag, length);

    private async Task<StoredObject> Check(BlobRecord record, long length, CancellationToken cancellation)
    {
        var made = await context.Bucket.Head(record.Key, cancellation)
            ?? throw new IOException("The multipart upload was aborted, and its bytes are lost: create it again.");
        S3Context.CheckLength(made.Length, length);
        return made;
    }

    /// <summary>The object was made of these parts, as far as its tag tells.</summary>
    private async Task CheckTag(
        BlobRecord record, IReadOnlyList<SentPart> parts, long length, CancellationToken cancellation)
    {
        var made = await Check(record, length, cancellation);
        // A part that is made of one tail has the tail's tag.
        if (record.Tails.ToList() is [var tail])
        {
            var others = parts.Where(part => part.Number != PartSizes.FinalNumber);
            parts = [.. others, Final(PieceTag.ETag(tail), tail.Length)];
        }
        var areAll = parts.Sum(part => part.Length) == length;
        if (areAll && options.HasPlainTags && !MultipartTag.MayBeOf(made.Tag, parts))
            throw new IOException("Another node has made the object of other parts.");
    }

    /// <summary>Takes away everything of the blob but its object.</summary>
    /// <remarks>
    /// The rows go first: they must never name tails that are gone. A sweep takes away what a crash
    /// leaves beside the object.
    /// </remarks>
    private async Task Clean(BlobRecord record, CancellationToken cancellation)
    {
        await context.PiecesOf(record.Generation).Forget(record.Blob.Uuid);
        if (!record.Parts.Any() && record.Started is { } unused)
            await context.Bucket.Abort(unused, cancellation);
        var beside = context.Bucket.List(context.Keys.BesideOf(record.Blob.Uuid), cancellation);
        await context.Delete(await beside.Select(one => one.Key).ToListAsync(cancellation));
    }
}

using System.Collections.Concurrent;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// Makes one object of several. Its name follows from that of the joined blob, so repeating it
/// makes the same object.
/// </summary>
internal sealed class Joining(S3Context context, S3Options options)
{
    private const int SentAtOnce = 8;

    /// <summary>Makes the object of finished blobs.</summary>
    /// <param name="made">The object to make.</param>
    /// <param name="parts">The blobs, in order, with their lengths.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task Join(
        BlobId made, IReadOnlyList<(BlobId Blob, long Length)> parts, CancellationToken cancellation)
    {
        var (key, length) = (context.Keys.Of(made.Uuid), parts.Sum(part => part.Length));
        if (!await IsMade(key, length, cancellation))
        {
            var plan = JoinPlan.Of(from part in parts
                                   where part.Length > 0
                                   select new ObjectRange(context.Keys.Of(part.Blob.Uuid), 0, part.Length));
            if (plan.Count <= 1 && length <= S3Limits.SmallBody)
                await context.Bucket.Put(
                    key, new Body(plan is [var all] ? all : []), options.ConditionalPut, cancellation);
            else
                await Copy(key, plan, length, cancellation);
            if (!await IsMade(key, length, cancellation))
                throw new IOException("The object that was made of the parts is not there.");
        }
    }

    private async Task<bool> IsMade(string key, long length, CancellationToken cancellation)
    {
        if (await context.Bucket.Head(key, cancellation) is not { } found)
            return false;
        S3Context.CheckLength(found.Length, length);
        return true;
    }

    /// <summary>Makes an object of parts that <see cref="JoinPlan"/> planned.</summary>
    public async Task Copy(
        string key, IReadOnlyList<IReadOnlyList<ObjectRange>> plan, long length, CancellationToken cancellation)
    {
        var upload = new MultipartName(key, await context.Bucket.StartUpload(key, cancellation));
        try
        {
            var sent = new ConcurrentBag<SentPart>();
            await Parallel.ForEachAsync(
                plan.Index(),
                new ParallelOptions { MaxDegreeOfParallelism = SentAtOnce, CancellationToken = cancellation },
                async (part, stop) => sent.Add(await Send(upload, part.Index + 1, part.Item, stop)));
            await context.Bucket.Complete(upload, sent.OrderBy(part => part.Number), length, cancellation);
        }
        catch
        {
            await TryAbort(upload);
            throw;
        }
    }

    private async Task<SentPart> Send(
        MultipartName upload, int number, IReadOnlyList<ObjectRange> ranges, CancellationToken cancellation) => new(
        number,
        ranges is [{ Length: >= PartSizes.Smallest } one]
            ? await context.Bucket.CopyPart(upload, number, one, cancellation)
            : await context.Bucket.PutPart(upload, number, new Body(ranges), cancellation),
        ranges.Sum(range => range.Length));

    private async Task TryAbort(MultipartName upload)
    {
        try
        {
            await context.Bucket.Abort(upload);
        }
        catch (IOException)
        {
            // A sweep will find it.
        }
    }
}

using System.Globalization;
using System.Text;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// Finishes a blob whose multipart upload has parts that do not belong to it: a node crashed before
/// it recorded them, or the upload went back before them. AWS leaves out parts that are not named
/// when an object is put together, but Ceph refuses then. So all parts are put together, and the
/// server copies the right ranges of that over it. The ranges are written beside the object first,
/// so that this can go on after a crash. Until it is done, the rows say that the blob is not
/// finished.
/// </summary>
internal sealed class SurplusParts(S3Context context, Joining joining)
{
    /// <summary>Makes the object.</summary>
    /// <exception cref="IOException">A part is missing, or was replaced.</exception>
    public async Task PutTogether(
        BlobRecord record, MultipartName upload, IReadOnlyList<SentPart> parts, CancellationToken cancellation)
    {
        var all = await context.Bucket.ListParts(upload, cancellation).ToListAsync(cancellation);
        if (parts.Except(all).Any())
            throw new IOException("The S3 server has lost or replaced a part: the upload must be created again.");
        await Write(record, RangesOf(parts, all, record.Key), cancellation);
        await context.Bucket.Complete(upload, all, all.Sum(part => part.Length), cancellation);
        await TryGoOn(record, parts.Sum(part => part.Length), cancellation);
    }

    /// <summary>Copies the ranges that were written, if that is not done yet.</summary>
    /// <returns>Whether the object was or will be made in this way.</returns>
    public async Task<bool> TryGoOn(BlobRecord record, long length, CancellationToken cancellation)
    {
        if (await Read(record, cancellation) is not { } ranges)
            return false;
        if (await context.Bucket.Head(record.Key, cancellation) is { } found && found.Length != length)
            await joining.Copy(record.Key, JoinPlan.Of(ranges), length, cancellation);
        return true;
    }

    /// <summary>Where the right parts lie in the object that all parts make.</summary>
    private static List<ObjectRange> RangesOf(IReadOnlyList<SentPart> parts, List<SentPart> all, string key)
    {
        var (right, ranges, offset) = (parts.ToHashSet(), new List<ObjectRange>(), 0L);
        foreach (var part in all)
        {
            if (right.Contains(part) && ranges is [.., var last] && last.Offset + last.Length == offset)
                ranges[^1] = last with { Length = last.Length + part.Length };
            else if (right.Contains(part))
                ranges.Add(new ObjectRange(key, offset, part.Length));
            offset += part.Length;
        }
        return ranges;
    }

    private async Task Write(BlobRecord record, IEnumerable<ObjectRange> ranges, CancellationToken cancellation)
    {
        var text = string.Join('\n', ranges.Select(
            range => string.Create(CultureInfo.InvariantCulture, $"{range.Offset} {range.Length}")));
        using var blocks = new Blocks(context.Pool);
        for (ReadOnlyMemory<byte> left = Encoding.ASCII.GetBytes(text); !left.IsEmpty;)
        {
            var block = await context.Pool.Rent(cancellation);
            blocks.Add(block);
            left = left[blocks.Fill(left.Span)..];
        }
        var key = context.Keys.RangesOf(record.Blob.Uuid);
        await context.Bucket.Put(key, new Body([], blocks), onlyIfNew: false, cancellation);
    }

    private async Task<List<ObjectRange>?> Read(BlobRecord record, CancellationToken cancellation)
    {
        var key = context.Keys.RangesOf(record.Blob.Uuid);
        if (await context.Bucket.Head(key, cancellation) is not { } found)
            return null;
        await using var stream = await context.Bucket.Read(new ObjectRange(key, 0, found.Length), cancellation);
        using var reader = new StreamReader(stream);
        var ranges = new List<ObjectRange>();
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            var numbers = line.Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToList();
            ranges.Add(new ObjectRange(record.Key, numbers[0], numbers[1]));
        }
        return ranges;
    }
}

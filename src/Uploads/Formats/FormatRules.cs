using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// Jobs that take only JPEGs with metadata. Bytes are looked at twice: on their way, so that a file
/// that cannot be one is refused before the rest of it comes (<see cref="FormatGate"/>), and when
/// all of them are here, because only then a short file is known to have no metadata.
/// </summary>
/// <param name="jpegOnlyJobs">See <c>UploadOptions.JpegOnlyJobs</c>.</param>
/// <param name="store">Where bytes are kept.</param>
public sealed class FormatRules(IReadOnlyList<string> jpegOnlyJobs, IMediaStore store)
{
    /// <summary>Why an upload ends whose format the job does not take.</summary>
    public static readonly UploadFailure Failure =
        new(FailureReason.BadFormat, "The job takes only JPEGs with EXIF or XMP metadata.", Retryable: false);

    /// <summary>
    /// The gate that the next bytes of an upload must pass; null if there is none.
    /// </summary>
    /// <param name="row">The upload.</param>
    /// <param name="offset">How many bytes are here.</param>
    /// <param name="isVerified">
    /// Whether the body has a digest. Its bytes may have changed on their way, so they are not
    /// judged before that is known.
    /// </param>
    /// <exception cref="IOException">The store fails.</exception>
    internal async ValueTask<FormatGate?> Gate(UploadRow row, long offset, bool isVerified)
    {
        if (isVerified || !Concerns(row) || offset >= JpegMetadata.HeadLength)
            return null;
        return new FormatGate((await ReadHead(row.Incoming, offset)).Span);
    }

    /// <summary>Whether the job takes a file of which all bytes are here.</summary>
    /// <exception cref="IOException">The store fails.</exception>
    internal async ValueTask<bool> Takes(UploadRow row, BlobId content, long length) =>
        !Concerns(row) || JpegMetadata.IsIn((await ReadHead(content, length)).Span) == true;

    /// <summary>A part of a file is no file, so only the whole is looked at.</summary>
    private bool Concerns(UploadRow row) =>
        jpegOnlyJobs.Count > 0 && !row.IsPartial && jpegOnlyJobs.Any(rule => Matches(rule, row.Job));

    private static bool Matches(string rule, string job) =>
        rule.EndsWith('*') ? job.StartsWith(rule[..^1], StringComparison.Ordinal) : job == rule;

    /// <summary>The first bytes, whichever request or process they came with.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadHead(BlobId blob, long offset)
    {
        if (offset == 0)
            return default;
        var head = new byte[Math.Min(offset, JpegMetadata.HeadLength)];
        await using var reader = await store.Read(blob);
        var length = 0;
        for (int read; (read = await reader.Read(head.AsMemory(length), length)) > 0; length += read)
            continue;
        return head.AsMemory(0, length);
    }
}

using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads.Formats;

/// <summary>
/// Jobs that take only JPEGs with metadata. Bytes are looked at twice: on their way, so that what cannot be one is refused before
/// the rest of it comes (<see cref="FormatGate"/>), and when all are here, for only then a short file is known to hold none.
/// </summary>
internal sealed class FormatRules(IngestOptions options, IMediaStore store)
{
    /// <summary>Why an upload ends that had started.</summary>
    public static readonly UploadFailure Failure = new(FailureReason.BadFormat, "The job takes only JPEGs with EXIF or XMP metadata.", Retryable: false);

    private readonly string[] _jobs =
        options.JpegOnlyJobs.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The answer to bytes that the job does not take.</summary>
    public static ProblemException Refused() => new(ProblemKind.BadFormat,
        "The job takes only JPEGs with EXIF or XMP metadata in their first 64 KiB. Sending the file again does not help.");

    /// <summary>Opens the blob of an upload to append where the upload is.</summary>
    /// <param name="session">The upload.</param>
    /// <param name="isVerified">Whether the body is compared with its digest when all of it is here: what may have changed on its way is not judged before.</param>
    /// <exception cref="IOException">The store fails.</exception>
    public async ValueTask<IMediaWriter> Append(UploadSession session, bool isVerified)
    {
        var (incoming, offset) = (session.Row.Incoming, session.Offset);
        if (isVerified || !Concerns(session.Row) || offset >= JpegMetadata.HeadLength)
            return await store.Append(incoming, offset);
        var head = await ReadHead(incoming, offset);
        return new FormatGate(await store.Append(incoming, offset), head);
    }

    /// <summary>Looks at an upload of which all bytes are here, in a blob of the store.</summary>
    /// <exception cref="ProblemException">The job does not take it.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async ValueTask Check(UploadRow upload, BlobId content, long length)
    {
        if (Concerns(upload) && JpegMetadata.IsIn((await ReadHead(content, length)).Span) != true)
            throw Refused();
    }

    /// <summary>A job is named by its key, or by the beginning of it and a star. A part of a file is no file.</summary>
    private bool Concerns(UploadRow upload) => _jobs.Length > 0 && !upload.IsPartial && Array.Exists(_jobs, rule =>
        rule.EndsWith('*') ? upload.Job.StartsWith(rule[..^1], StringComparison.Ordinal) : upload.Job == rule);

    /// <summary>What came before, in whatever request or process.</summary>
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

using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>Translates refusals of <see cref="UploadService"/> to problems.</summary>
internal static class UploadProblems
{
    /// <summary>Returns the status of an upload, or throws if the request was refused.</summary>
    /// <param name="outcome">The outcome of the request.</param>
    /// <param name="digest">The digest of the request's body; null if there is none.</param>
    /// <exception cref="ProblemException">The request was refused.</exception>
    /// <exception cref="ConnectionCutException">The client has disconnected.</exception>
    public static UploadStatus OrProblem(this UploadOutcome outcome, BodyDigest? digest = null) =>
        outcome.Status ?? throw outcome.Refusal!.ToException(digest);

    /// <summary>
    /// The exception that ends a refused request: its problem, or a
    /// <see cref="ConnectionCutException"/> if the client has disconnected.
    /// </summary>
    public static Exception ToException(this UploadRefusal refusal, BodyDigest? digest = null) =>
        refusal.Reason switch
        {
            RefusalReason.Cut => new ConnectionCutException(),
            RefusalReason.WrongDigest => digest!.Problem!,
            _ => Of(refusal),
        };

    /// <summary>The media was deleted.</summary>
    public static ProblemException Deleted() =>
        new(ProblemKind.MediaDeleted, "Somebody deleted this media. Take the file off your queue.");

    /// <summary>
    /// The client sent bytes to a final upload, whose bytes are those of its parts.
    /// </summary>
    public static ProblemException TakesNoBytes() =>
        new(ProblemKind.FinalUpload, "Send its bytes to the partial uploads that it is made of.");

    /// <summary>A final upload names a part that does not exist.</summary>
    public static ProblemException UnknownPart(string url) => new ProblemException(
            ProblemKind.InvalidConcat,
            $"`{url}` is not a partial upload of this job, or is not there any more.")
        .With("url", url);

    /// <summary>The job has no upload with this id.</summary>
    public static ProblemException NotFound() =>
        new(ProblemKind.UploadNotFound, "This job has never heard of an upload with this id.");

    /// <summary>
    /// An upload is larger than the server accepts. The response has the maximum in the header of
    /// each protocol.
    /// </summary>
    public static ProblemException TooLarge(long max) => new ProblemException(
            ProblemKind.UploadTooLarge, $"This server takes uploads of at most {max} bytes.")
        .With("maxSize", max)
        .WithHeader(UploadHeaders.TusMaxSize, max.ToString())
        .WithHeader(UploadHeaders.Limit, UploadHeaders.MaxSize(max));

    /// <summary>A body is longer than the rest of its upload.</summary>
    public static ProblemException TooLong(long? length) =>
        new(ProblemKind.BodyTooLong, $"The upload has {length} bytes in all.");

    /// <summary>A body ends at another offset than <c>Upload-Length</c>.</summary>
    /// <param name="length">The value of <c>Upload-Length</c>.</param>
    /// <param name="end">
    /// The offset at which the body ends; null if it has more bytes than <c>Upload-Length</c>.
    /// </param>
    public static ProblemException Inconsistent(long? length, long? end) => new(
        ProblemKind.InconsistentUploadLength,
        $"Upload-Length is {length}, and the body {(end is null ? "goes on beyond it" : $"ends at {end}")}.");

    private static ProblemException Of(UploadRefusal refusal) => refusal.Reason switch
    {
        RefusalReason.NotFound => NotFound(),
        RefusalReason.DifferentUpload => new(ProblemKind.DifferentUpload,
            "This job has an upload with this id and another length or SHA-256. Give the file an id of its own."),
        RefusalReason.Deleted => Deleted(),
        RefusalReason.Ended => new(ProblemKind.UploadEnded,
            refusal.Detail ?? "The upload was given up or failed. Create it again and send it from byte 0."),
        RefusalReason.Expired => new(ProblemKind.UploadExpired, refusal.Detail!),
        RefusalReason.Locked => new ProblemException(ProblemKind.UploadLocked, refusal.Detail!).RetryAfter(1),
        RefusalReason.HashMismatch => new ProblemException(ProblemKind.HashMismatch,
                "The bytes changed on their way or before. Send the file again, from byte 0.")
            .With("expected", refusal.Expected).With("actual", refusal.Actual),
        RefusalReason.BadFormat => new(ProblemKind.BadFormat,
            "The job takes only JPEGs with EXIF or XMP metadata in their first 64 KiB."
            + " Sending the file again does not help."),
        RefusalReason.JobFull => new ProblemException(ProblemKind.JobFull,
                "The job has as many media or bytes as it takes. Deleting some makes room.")
            .With("maxMedia", refusal.Limits?.Media).With("maxBytes", refusal.Limits?.Bytes),
        RefusalReason.TooManyOpen => new ProblemException(ProblemKind.TooManyOpenUploads,
                "Finish or delete an upload of this device before you create another.")
            .With("maxOpenUploads", refusal.Most).RetryAfter(10),
        RefusalReason.UnknownPart => UnknownPart(refusal.Detail!),
        RefusalReason.StoreFull => StorageProblems.Full(),
        RefusalReason.Stopping => new ProblemException(
            ProblemKind.ShuttingDown, "What is safe is kept; go on in a moment.").RetryAfter(2),
        _ => OfBody(refusal),
    };

    /// <summary>The problem for a body that does not fit the upload.</summary>
    private static ProblemException OfBody(UploadRefusal refusal) => refusal.Reason switch
    {
        RefusalReason.TooLarge => TooLarge(refusal.Most!.Value),
        RefusalReason.OffsetMismatch => new ProblemException(ProblemKind.OffsetMismatch, refusal.Detail!)
            .With("expectedOffset", refusal.Offset).WithHeader(UploadHeaders.Offset, refusal.Offset.ToString()!),
        RefusalReason.LengthChanged => new(ProblemKind.LengthChanged,
            $"The length of this upload is {refusal.Length}."),
        RefusalReason.LengthTooShort => new(ProblemKind.InvalidLength,
            $"{refusal.Offset} bytes are here already."),
        RefusalReason.BodyTooLong => TooLong(refusal.Length),
        RefusalReason.InconsistentLength => Inconsistent(refusal.Length, refusal.Offset),
        RefusalReason.NoBytes => new(ProblemKind.InvalidLength,
            "There are no bytes: send the file as the body, or begin a resumable upload."),
        RefusalReason.Complete => new(ProblemKind.CompletedUpload, "Every byte of it is here, and it takes no more."),
        RefusalReason.TakesNoBytes => TakesNoBytes(),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal.Reason, "This reason has no problem."),
    };
}

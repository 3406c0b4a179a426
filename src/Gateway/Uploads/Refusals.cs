using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>What a client is told when a job says no.</summary>
internal static class Refusals
{
    public static ProblemException ToProblem(Refusal refusal, string? expected = null, string? actual = null, JobLimits? limits = null) => refusal switch
    {
        Refusal.DifferentUpload => new ProblemException(ProblemKind.DifferentUpload,
            "This job has an upload with this id and another length or SHA-256. Give the file an id of its own."),
        Refusal.Deleted => new ProblemException(ProblemKind.MediaDeleted,
            "Somebody deleted this media. Take the file off your queue."),
        Refusal.HashMismatch => new ProblemException(ProblemKind.HashMismatch,
                "The bytes changed on their way or before. Send the file again, from byte 0.")
            .With("expected", expected).With("actual", actual),
        Refusal.JobFull => new ProblemException(ProblemKind.JobFull,
                "The job has as many media or bytes as it takes. Deleting some makes room.")
            .With("maxMedia", limits?.Media).With("maxBytes", limits?.Bytes),
        _ => new ProblemException(ProblemKind.UploadEnded,
            "The upload was given up or failed. Create it again and send it from byte 0."),
    };

    /// <summary>Bytes came to an upload that is made of others.</summary>
    public static ProblemException ToFinal() => new(ProblemKind.FinalUpload, "Send its bytes to the partial uploads that it is made of.");

    /// <summary>An ordinary request brought nothing. More likely the file was lost on its way than empty.</summary>
    public static ProblemException NoBytes() =>
        new(ProblemKind.InvalidLength, "There are no bytes: send the file as the body, or begin a resumable upload.");

    /// <summary>Bytes came to an upload that has all of its own.</summary>
    public static ProblemException ToComplete() =>
        new(ProblemKind.CompletedUpload, "Every byte of it is here, and it takes no more.");

    /// <summary>A device is told to finish something first.</summary>
    public static ProblemException TooManyOpen(int max) =>
        new ProblemException(ProblemKind.TooManyOpenUploads, "Finish or delete an upload of this device before you create another.")
            .With("maxOpenUploads", max).RetryAfter(10);

    /// <summary>What became of a media that has no open upload.</summary>
    public static ProblemException ToProblem(Media? media) => media switch
    {
        null => new ProblemException(ProblemKind.UploadNotFound, "This job has never heard of an upload with this id."),
        { Status: MediaStatus.Deleted } => ToProblem(Refusal.Deleted),
        { Failure.Reason: FailureReason.Expired } => new ProblemException(ProblemKind.UploadExpired, media.Failure.Message),
        { Status: MediaStatus.Failed } => ToProblem(Refusal.Ended),
        _ => new ProblemException(ProblemKind.UploadLocked, "The upload is just being opened or closed; try again.").RetryAfter(1),
    };
}

using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.V1;
using Media = OrleansIngest.Grains.Model.Media;
using UploadFailure = OrleansIngest.Grains.Model.UploadFailure;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Computes the rows that follow from the events about media. This class is the only place where
/// the status of a media changes.
/// </summary>
internal sealed class MediaProjection : IProjection
{
    /// <inheritdoc/>
    public bool CanApply(Job job, JobEvent jobEvent)
    {
        var known = job.Find(jobEvent.Subject.MediaId);
        return jobEvent.Public.WhatCase switch
        {
            ActivityEvent.WhatOneofCase.UploadStarted => known?.Status is null or MediaStatus.Failed,
            ActivityEvent.WhatOneofCase.MediaDuplicate =>
                known?.Status == MediaStatus.Open && IsStored(job, jobEvent.Public.MediaDuplicate.OfMedia),
            ActivityEvent.WhatOneofCase.MediaPromoted => known?.Status == MediaStatus.Duplicate,
            ActivityEvent.WhatOneofCase.MediaDeleted => known?.Status != MediaStatus.Deleted,
            ActivityEvent.WhatOneofCase.MediaDamaged => known is { IsSafe: true },
            ActivityEvent.WhatOneofCase.MediaRepaired =>
                known?.Failure?.Reason == FailureReason.Damaged
                && IsStored(job, jobEvent.Public.MediaRepaired.OfMedia),
            _ => known?.Status == MediaStatus.Open,
        };
    }

    /// <inheritdoc/>
    public JobChanges Apply(Job job, JobEvent jobEvent)
    {
        var media = jobEvent.Project(job.Find(jobEvent.Subject.MediaId));
        if (jobEvent.Public.MediaPromoted is { } promotion)
            return Promote(job, media, Guid.Parse(promotion.FromMedia));
        job.Set(media);
        return new JobChanges([media], []);
    }

    /// <summary>Returns a media as it is after an event about it.</summary>
    /// <param name="before">The media before the event; null if this is the first event.</param>
    /// <param name="jobEvent">The event.</param>
    public static Media Project(Media? before, JobEvent jobEvent) => jobEvent.Public.WhatCase switch
    {
        ActivityEvent.WhatOneofCase.UploadStarted => Started(before, jobEvent, jobEvent.Public.UploadStarted),
        ActivityEvent.WhatOneofCase.MediaStored => Stored(before!, jobEvent, jobEvent.Public.MediaStored),
        ActivityEvent.WhatOneofCase.MediaDuplicate => Duplicate(before!, jobEvent, jobEvent.Public.MediaDuplicate),
        ActivityEvent.WhatOneofCase.MediaPromoted => Promoted(before!, jobEvent),
        ActivityEvent.WhatOneofCase.MediaDeleted => Deleted(before, jobEvent),
        ActivityEvent.WhatOneofCase.UploadFailed => Failed(before!, jobEvent, jobEvent.Public.UploadFailed),
        ActivityEvent.WhatOneofCase.MediaDamaged => Damaged(before!, jobEvent, jobEvent.Public.MediaDamaged),
        ActivityEvent.WhatOneofCase.MediaRepaired => Repaired(before!, jobEvent, jobEvent.Public.MediaRepaired),
        var other => throw new InvalidOperationException($"{other} is not an event about a media."),
    };

    private static Media Started(Media? before, JobEvent jobEvent, UploadStarted started) => new()
    {
        Id = jobEvent.Subject.MediaId,
        Status = MediaStatus.Open,
        Device = jobEvent.Public.Device,
        Length = started.HasLength ? started.Length : null,
        DeclaredSha256 = started.DeclaredSha256.IsEmpty ? null : Sha256Hash.FromBytes(started.DeclaredSha256.Span),
        Incoming = jobEvent.Private.Incoming,
        Content = before?.Content, // damaged bytes stay until they are replaced
        FirstSeq = before?.FirstSeq ?? jobEvent.Public.Seq,
        StartedSeq = jobEvent.Public.Seq,
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Description = new MediaDescription
        {
            Filename = started.Filename,
            DeclaredType = started.DeclaredType,
            Section = started.Section,
            Session = started.Session,
            CapturedAt = started.CapturedAt,
            Kind = started.Kind,
            Source = started.Source,
        },
    };

    private static Media Stored(Media before, JobEvent jobEvent, MediaStored stored) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = MediaStatus.Stored,
        Length = stored.Length,
        Sha256 = Sha256Hash.FromBytes(stored.Sha256.Span),
        MediaType = stored.MediaType,
        Content = jobEvent.Private.Content,
        Incoming = null,
    };

    private static Media Duplicate(Media before, JobEvent jobEvent, MediaDuplicate duplicate) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = MediaStatus.Duplicate,
        DuplicateOf = Guid.Parse(duplicate.OfMedia),
        Length = duplicate.Length,
        Sha256 = Sha256Hash.FromBytes(duplicate.Sha256.Span),
        MediaType = duplicate.MediaType,
        Content = jobEvent.Private.Content,
        Incoming = null,
    };

    private static Media Failed(Media before, JobEvent jobEvent, UploadFailed failed) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = MediaStatus.Failed,
        Failure = new UploadFailure((FailureReason)failed.Reason, failed.Message, failed.Retryable),
        Incoming = jobEvent.Private.Incoming,
    };

    private static Media Damaged(Media before, JobEvent jobEvent, MediaDamaged damaged) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = MediaStatus.Failed,
        Failure = new UploadFailure(FailureReason.Damaged, damaged.Message, Retryable: true),
        DuplicateOf = null,
    };

    private static Media Repaired(Media before, JobEvent jobEvent, MediaRepaired repaired) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = repaired.OfMedia.Length == 0 ? MediaStatus.Stored : MediaStatus.Duplicate,
        DuplicateOf = repaired.OfMedia.Length == 0 ? null : Guid.Parse(repaired.OfMedia),
        Failure = null,
        Content = jobEvent.Private.Content,
    };

    private static Media Promoted(Media before, JobEvent jobEvent) => before with
    {
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
        Status = MediaStatus.Stored,
        DuplicateOf = null,
    };

    private static JobChanges Promote(Job job, Media promoted, Guid from)
    {
        var moved = job.MoveDuplicates(from, promoted.Id);
        job.Set(promoted);
        return new JobChanges([promoted, .. moved], []);
    }

    /// <summary>Only the identity of a deleted media stays.</summary>
    private static Media Deleted(Media? before, JobEvent jobEvent) => new()
    {
        Id = jobEvent.Subject.MediaId,
        Status = MediaStatus.Deleted,
        Device = before?.Device ?? "",
        FirstSeq = before?.FirstSeq ?? jobEvent.Public.Seq,
        LastSeq = jobEvent.Public.Seq,
        ChangedAt = jobEvent.DecidedAt,
    };

    /// <summary>
    /// Whether a media that an event names is stored. An event can also name none, which is right
    /// as well.
    /// </summary>
    private static bool IsStored(Job job, string media) =>
        media.Length == 0 || job.Find(Guid.Parse(media))?.Status == MediaStatus.Stored;
}

using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.V1;
using Media = OrleansIngest.Grains.Model.Media;
using UploadFailure = OrleansIngest.Grains.Model.UploadFailure;

namespace OrleansIngest.Grains.Jobs;

/// <summary>What an event makes of the media it is about. The only place where a media's status changes.</summary>
internal static class MediaProjection
{
    public static Media Apply(Media? before, JobEvent fact) => fact.Public.WhatCase switch
    {
        ActivityEvent.WhatOneofCase.UploadStarted => Started(before, fact, fact.Public.UploadStarted),
        ActivityEvent.WhatOneofCase.MediaStored => Stored(before!, fact, fact.Public.MediaStored),
        ActivityEvent.WhatOneofCase.MediaDuplicate => Duplicate(before!, fact, fact.Public.MediaDuplicate),
        ActivityEvent.WhatOneofCase.MediaPromoted => Promoted(before!, fact),
        ActivityEvent.WhatOneofCase.MediaDeleted => Deleted(before, fact),
        ActivityEvent.WhatOneofCase.UploadFailed => Failed(before!, fact, fact.Public.UploadFailed),
        ActivityEvent.WhatOneofCase.MediaDamaged => Damaged(before!, fact, fact.Public.MediaDamaged),
        ActivityEvent.WhatOneofCase.MediaRepaired => Repaired(before!, fact, fact.Public.MediaRepaired),
        var other => throw new InvalidOperationException($"{other} is not a fact about a media."),
    };

    private static Media Started(Media? before, JobEvent fact, UploadStarted started) => new()
    {
        Id = Guid.Parse(fact.Public.Media),
        Status = MediaStatus.Open,
        Device = fact.Public.Device,
        Length = started.HasLength ? started.Length : null,
        DeclaredSha256 = started.DeclaredSha256.IsEmpty ? null : Sha256Hash.FromBytes(started.DeclaredSha256.Span),
        Incoming = fact.Private.Incoming,
        Content = before?.Content, // damaged bytes, if there are any
        FirstSeq = before?.FirstSeq ?? fact.Public.Seq,
        StartedSeq = fact.Public.Seq,
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
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

    private static Media Stored(Media before, JobEvent fact, MediaStored stored) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = MediaStatus.Stored,
        Length = stored.Length,
        Sha256 = Sha256Hash.FromBytes(stored.Sha256.Span),
        MediaType = stored.MediaType,
        Content = fact.Private.Content,
        Incoming = null,
    };

    private static Media Duplicate(Media before, JobEvent fact, MediaDuplicate duplicate) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = MediaStatus.Duplicate,
        DuplicateOf = Guid.Parse(duplicate.OfMedia),
        Length = duplicate.Length,
        Sha256 = Sha256Hash.FromBytes(duplicate.Sha256.Span),
        MediaType = duplicate.MediaType,
        Content = fact.Private.Content,
        Incoming = null,
    };

    private static Media Failed(Media before, JobEvent fact, UploadFailed failed) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = MediaStatus.Failed,
        Failure = new UploadFailure((FailureReason)failed.Reason, failed.Message, failed.Retryable),
        Incoming = fact.Private.Incoming,
    };

    private static Media Damaged(Media before, JobEvent fact, MediaDamaged damaged) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = MediaStatus.Failed,
        Failure = new UploadFailure(FailureReason.Damaged, damaged.Message, Retryable: true),
        DuplicateOf = null,
    };

    private static Media Repaired(Media before, JobEvent fact, MediaRepaired repaired) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = repaired.OfMedia.Length == 0 ? MediaStatus.Stored : MediaStatus.Duplicate,
        DuplicateOf = repaired.OfMedia.Length == 0 ? null : Guid.Parse(repaired.OfMedia),
        Failure = null,
        Content = fact.Private.Content,
    };

    private static Media Promoted(Media before, JobEvent fact) => before with
    {
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
        Status = MediaStatus.Stored,
        DuplicateOf = null,
    };

    /// <summary>Nothing stays but its identity.</summary>
    private static Media Deleted(Media? before, JobEvent fact) => new()
    {
        Id = Guid.Parse(fact.Public.Media),
        Status = MediaStatus.Deleted,
        Device = before?.Device ?? "",
        FirstSeq = before?.FirstSeq ?? fact.Public.Seq,
        LastSeq = fact.Public.Seq,
        ChangedAt = At(fact),
    };

    private static DateTimeOffset At(JobEvent fact) => fact.Public.At.ToDateTimeOffset();
}

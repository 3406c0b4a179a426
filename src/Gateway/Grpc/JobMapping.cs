using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>Maps the views of the grains to the messages of the public API.</summary>
internal static class JobMapping
{
    public static Protos.V1.Job ToProto(JobView view)
    {
        var counts = view.Row.Counts;
        var job = new Protos.V1.Job
        {
            Job_ = view.Row.Job,
            AsOf = view.Row.Head.ToProto(),
            Received = new Received
            {
                Total = counts.Total,
                Uploading = view.Moving,
                Waiting = counts.Open - view.Moving,
                Stored = counts.Stored,
                Duplicates = counts.Duplicates,
                Errors = counts.Failed,
                Deleted = counts.Deleted,
                StoredBytes = counts.StoredBytes,
            },
            Announced = { view.Announced.Select(ToProto) },
        };
        if (view.Row.Head.Seq > 0) // a job that is only announced has no event and so no times
        {
            job.FirstEventAt = view.Row.FirstEventAt.ToTimestamp();
            job.LastEventAt = view.Row.LastEventAt.ToTimestamp();
        }
        return job;
    }

    public static Protos.V1.Media ToProto(MediaView view) =>
        view.Media is { } media ? Known(view, media) : Announced(view, view.Announced!);

    private static Announced ToProto(AnnouncedCount count) => new()
    {
        Device = count.Device,
        Pending = count.Pending,
        Queued = count.Queued,
        ReportedAt = count.ReportedAt.ToTimestamp(),
    };

    private static Protos.V1.Media Known(MediaView view, Grains.Model.Media media)
    {
        var proto = new Protos.V1.Media
        {
            Media_ = media.Id.ToString(),
            State = (MediaState)view.State,
            Word = Word(view),
            Device = media.Device,
            Filename = media.Description.Filename,
            MediaType = media.MediaType.Length > 0 ? media.MediaType : media.Description.DeclaredType,
            Offset = view.Offset,
            Sha256 = media.Sha256 is { } hash ? ByteString.CopyFrom(hash.ToBytes()) : ByteString.Empty,
            Section = media.Description.Section,
            Session = media.Description.Session,
            CapturedAt = media.Description.CapturedAt,
            Kind = media.Description.Kind,
            Source = media.Description.Source,
            DuplicateOf = media.DuplicateOf?.ToString() ?? "",
            DuplicateOfDevice = view.DuplicateOfDevice,
            Failure = ToProto(media.Failure),
            FirstSeq = media.FirstSeq,
            LastSeq = media.LastSeq,
            ChangedAt = media.ChangedAt.ToTimestamp(),
        };
        if (view.Length is { } length)
            proto.Length = length;
        return proto;
    }

    private static Protos.V1.Media Announced(MediaView view, Grains.Devices.QueuedFile file) => new()
    {
        Media_ = file.Media.ToString(),
        State = MediaState.Announced,
        Word = Word(view),
        Device = view.AnnouncedBy,
        Filename = file.Filename,
        Length = file.Length,
        Section = file.Section,
        Session = file.Session,
        ChangedAt = view.AnnouncedAt.ToTimestamp(),
    };

    private static Protos.V1.UploadFailure? ToProto(Grains.Model.UploadFailure? failure)
    {
        if (failure is null)
            return null;
        return new Protos.V1.UploadFailure
        {
            Code = failure.Reason switch
            {
                FailureReason.Terminated => "terminated",
                FailureReason.Expired => "expired",
                FailureReason.Damaged => "damaged",
                FailureReason.BadFormat => "bad-format",
                _ => "hash-mismatch",
            },
            Message = failure.Message,
            Retryable = failure.Retryable,
        };
    }

    /// <summary>The status word for people. All user interfaces show these five words.</summary>
    private static string Word(MediaView view) => view.State switch
    {
        ViewState.Announced => view.Announced!.State == Grains.Devices.QueueState.Pending ? "Pending" : "Queued",
        ViewState.Uploading => "Uploading",
        ViewState.Waiting => "Queued",
        ViewState.Stored or ViewState.Duplicate => "Synced",
        ViewState.Error => "Error",
        _ => "",
    };
}

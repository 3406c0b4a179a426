using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Segments;
using OrleansIngest.Storage.Sqlite;

using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;
using MediaPromoted = OrleansIngest.Protos.V1.MediaPromoted;

namespace OrleansIngest.Salvage;

/// <summary>
/// Tells a job's history anew from what can be read of it. Intact events are told as they are, and
/// keep their numbers as long as no event before them is lost. Where an event is lost, the row of
/// its media may be a witness of what it said: then the job decides it once more.
/// </summary>
/// <param name="job">The job without events, which gets the salvaged ones.</param>
/// <param name="session">The temporary database with the rows that were found.</param>
/// <param name="hasBytes">Whether the bytes of a media exist and have its SHA-256.</param>
internal sealed class JobSalvage(Job job, Session session, Func<Media, bool> hasBytes)
{
    private readonly List<JournalRow> _told = [];
    private readonly List<string> _notes = [];
    private readonly ILookup<Guid, UploadRow> _uploads =
        UploadTable.Readable(session, job.Key).ToLookup(upload => upload.Media);

    private long _behind; // how many events are lost so far
    private bool _isRenumbered;

    /// <summary>What is not as it was, in words for the operator.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The job's partial uploads. No event tells of them.</summary>
    public IEnumerable<UploadRow> Partials =>
        _uploads.SelectMany(uploads => uploads)
            .Where(upload => upload.IsPartial && upload.Incoming.Kind == BlobKind.File).Select(Anew);

    /// <summary>
    /// Returns the history as one append. It has no event if nothing can be proved.
    /// </summary>
    /// <exception cref="JournalException">A newer version of the server wrote the job.</exception>
    public JournalAppend Run()
    {
        TellAll(JobTable.Head(session, job.Key));
        var media = job.Order.Select(id => job.Find(id)!).ToList();
        return new JournalAppend
        {
            Job = job.Key,
            ExpectedSeq = 0,
            Rows = _told,
            Media = media,
            Derived = [.. job.Derived],
            Opened = [.. media.Where(one => one.Status == MediaStatus.Open).Select(one => Row(one))],
            Closed = [],
            Work = [.. media.Where(one => one.Status == MediaStatus.Stored)
                .Select(one => new WorkItem(WorkKinds.Process, job.Key, one.Id))],
            JobRow = job.Row,
        };
    }

    private void TellAll(long head)
    {
        var events = JournalTable.Each(session, job.Key).ToDictionary(stored => stored.Seq, stored => stored.Row);
        var witnesses = MediaTable.Readable(session, job.Key).Where(MakesSense)
            .SelectMany(
                media => new[] { media.StartedSeq, media.LastSeq }.Distinct(),
                (media, seq) => (Seq: seq, Media: media))
            .ToLookup(witness => witness.Seq, witness => witness.Media);
        var next = 1L;
        foreach (var seq in events.Keys.Union(witnesses.Select(of => of.Key)).Where(seq => seq > 0).Order())
        {
            NoteLost(next, seq - 1);
            if (!TryTell(events.GetValueOrDefault(seq)))
                Decide(seq, witnesses[seq]);
            NoteLost(seq, seq);
            next = seq + 1;
        }
        NoteLost(next, head);
    }

    private void NoteLost(long first, long last)
    {
        if (last - job.Head.Seq <= _behind)
            return;
        _behind = last - job.Head.Seq;
        _notes.Add(first == last ? $"event {first} is lost" : $"events {first} to {last} are lost");
    }

    private bool TryTell(JournalRow? row)
    {
        if (row is null || JobEvent.Decode(row) is not { } fact || !job.CanApply(fact))
            return false;
        Take(row.Event.Seq == job.Head.Seq + 1 ? fact : Renumber(fact));
        return true;
    }

    private JobEvent Renumber(JobEvent fact)
    {
        if (!_isRenumbered)
        {
            _notes.Add(
                $"from event {fact.Public.Seq} on the numbers are others: dashboards of this job must begin anew");
        }
        _isRenumbered = true;
        fact.Public.Seq = job.Head.Seq + 1;
        return JobEvent.Encode(fact.Public, fact.Private);
    }

    private void Decide(long seq, IEnumerable<Media> witnesses)
    {
        var head = job.Head.Seq;
        foreach (var media in witnesses)
            Decide(media, isLast: media.LastSeq == seq);
        if (job.Head.Seq > head)
            _notes.Add($"event {seq} was lost, and is told again from what is known of its media");
    }

    /// <summary>
    /// Decides the events that a media's row is a witness of: the one that created it, and
    /// the last one.
    /// </summary>
    private void Decide(Media media, bool isLast)
    {
        if (media.Status == MediaStatus.Deleted)
            Take(job.Decide(new DeleteMedia { Media = media.Id }, media.ChangedAt));
        else if (job.Find(media.Id)?.Status is null or MediaStatus.Failed)
            Take(job.Decide(Creation(media), media.ChangedAt));
        if (isLast && media.Status is not (MediaStatus.Open or MediaStatus.Deleted))
            End(media, job.Find(media.Id)!);
    }

    private void End(Media media, Media known)
    {
        var isDamaged = media.Failure?.Reason == FailureReason.Damaged;
        if (known.Status == MediaStatus.Open && media.Failure is { } failure && !isDamaged)
        {
            var failed = new FailUpload { Media = media.Id, Incoming = known.Incoming!, Failure = failure };
            Take(job.Decide(failed, media.ChangedAt));
        }
        else if (known.Status == MediaStatus.Open)
            Complete(media, known.Incoming!);
        else if (known.Status == MediaStatus.Duplicate && media.Status == MediaStatus.Stored)
            Take(Promotion(media, known.DuplicateOf!.Value));
        if (isDamaged)
            ReportDamage(media, media.Failure!.Message);
    }

    private void Complete(Media media, BlobId incoming)
    {
        Take(job.Decide(Completion(media, incoming), media.ChangedAt));
        if (media.IsSafe && !hasBytes(media))
            ReportDamage(media, "Its bytes were missing or wrong when a damaged database was salvaged.");
    }

    private void ReportDamage(Media media, string damage) => Take(job.Decide(
        new ReportBytes { Content = media.Content!, Sha256 = media.Sha256!.Value, Damage = damage },
        media.ChangedAt));

    private void Take<TReply>(Decision<TReply> decision)
    {
        foreach (var fact in decision.Events)
            Take(fact);
    }

    private void Take(JobEvent fact)
    {
        _told.Add(fact.Row);
        job.Apply(fact);
    }

    /// <summary>
    /// Makes the one event that no command asks for: it follows from a deletion, which was told.
    /// </summary>
    private JobEvent Promotion(Media media, Guid from) => JobEvent.Encode(new ActivityEvent
    {
        Job = job.Key,
        Seq = job.Head.Seq + 1,
        At = media.ChangedAt.ToTimestamp(),
        Media = media.Id.ToString(),
        MediaPromoted = new MediaPromoted { FromMedia = from.ToString() },
    }, PrivateFacts.None);

    private CreateUpload Creation(Media media) => new()
    {
        Media = media.Id,
        Device = media.Device,
        Description = media.Description,
        Length = media.Length,
        Sha256 = media.DeclaredSha256,
        Incoming = media.Incoming ?? media.Content,
        RawMetadata = _uploads[media.Id].FirstOrDefault()?.RawMetadata ?? "",
        Concat = _uploads[media.Id].FirstOrDefault()?.Concat ?? "",
    };

    private static CompleteUpload Completion(Media media, BlobId incoming) => new()
    {
        Media = media.Id,
        Incoming = incoming,
        Content = media.Content!,
        Length = media.Length!.Value,
        Sha256 = media.Sha256!.Value,
        MediaType = media.MediaType,
    };

    /// <summary>
    /// The upload's row. If it is lost, a row is made from the first event of the media, with the
    /// offset 0: how many bytes are safe is unknown.
    /// </summary>
    private UploadRow Row(Media media) => Anew(
        _uploads[media.Id].FirstOrDefault(upload => upload.Incoming == media.Incoming) ?? Row(media, Started(media)));

    private UploadRow Row(Media media, PrivateFacts started) => new()
    {
        Job = job.Key,
        Media = media.Id,
        Incoming = media.Incoming!,
        Device = media.Device,
        Length = media.Length,
        RawMetadata = started.RawMetadata,
        LastByteAt = default,
        Concat = started.Concat,
    };

    /// <summary>
    /// The running time of the new folder begins at 0, and so does the age of its uploads.
    /// </summary>
    private static UploadRow Anew(UploadRow row) => row with { LastByteAt = TimeSpan.Zero };

    private PrivateFacts Started(Media media) => JobEvent.Decode(_told[(int)media.StartedSeq - 1]).Private;

    private static bool MakesSense(Media media) => media.Status switch
    {
        MediaStatus.Open => media.Incoming is { Kind: BlobKind.File or BlobKind.Joined },
        MediaStatus.Stored or MediaStatus.Duplicate => HasFile(media),
        MediaStatus.Failed => media.Failure is { } failure
            && (failure.Reason == FailureReason.Damaged ? HasFile(media) : media.Incoming is not null),
        _ => media.Status == MediaStatus.Deleted,
    };

    private static bool HasFile(Media media) =>
        media is { Sha256: not null, Length: not null, Content: { } content } && content.IsAligned();
}

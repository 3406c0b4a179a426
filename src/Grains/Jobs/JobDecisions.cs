using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using Media = OrleansIngest.Grains.Model.Media;
using UploadFailure = OrleansIngest.Grains.Model.UploadFailure;

namespace OrleansIngest.Grains.Jobs;

/// <summary>What follows from a command: the answer, and the events that make it true.</summary>
/// <param name="Reply">To be given once <paramref name="Events"/>, and all before them, are committed.</param>
/// <param name="Events">None if nothing changes: a repeat, or a refusal.</param>
/// <param name="Opened">The row of an upload that starts.</param>
public sealed record Decision<TReply>(TReply Reply, IReadOnlyList<JobEvent> Events, UploadRow? Opened = null);

public sealed partial class Job
{
    /// <summary>A device wants to upload. Repeating the same creation gives the same upload.</summary>
    public Decision<CreateReply> Decide(CreateUpload command, DateTimeOffset at, JobLimits? limits = null)
    {
        var known = Find(command.Media);
        return known?.Status switch
        {
            MediaStatus.Failed when known.Incoming == command.Incoming => new(new CreateReply { Refusal = Refusal.Ended }, []),
            null or MediaStatus.Failed => Start(known, command, at, limits ?? JobLimits.None),
            MediaStatus.Deleted => new(new CreateReply { Refusal = Refusal.Deleted }, []),
            _ when IsSameUpload(known, command) => new(new CreateReply { Media = known }, []),
            _ => new(new CreateReply { Refusal = Refusal.DifferentUpload }, []),
        };
    }

    /// <summary>All bytes are here: stored, or a duplicate. This is where a duplicate is decided.</summary>
    public Decision<CompleteReply> Decide(CompleteUpload command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        if (known is { Status: MediaStatus.Open } && known.Incoming == command.Incoming)
            return End(known, command, new Facts(this, known.Device, at));
        return new(Repeated(known, command), []);
    }

    /// <summary>A small body that came whole with its creation: both decisions in one.</summary>
    public Decision<CompleteReply> Decide(CreateUpload create, CompleteUpload complete, DateTimeOffset at, JobLimits? limits = null)
    {
        var known = Find(create.Media);
        return known?.Status switch
        {
            _ when _damaged.ContainsKey(complete.Content) => new(Repeated(known, complete), []),
            null => StartAndEnd(known, create, complete, at, limits ?? JobLimits.None),
            MediaStatus.Failed when known.Incoming != complete.Incoming => StartAndEnd(known, create, complete, at, limits ?? JobLimits.None),
            MediaStatus.Open when IsSameUpload(known, create) => End(known, complete, new Facts(this, known.Device, at), known.Incoming),
            MediaStatus.Open => new(new CompleteReply { Refusal = Refusal.DifferentUpload, Unneeded = Unneeded(complete) }, []),
            _ => new(Repeated(known, complete), []),
        };
    }

    /// <summary>An upload ends without a media.</summary>
    public Decision<FailReply> Decide(FailUpload command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        if (known is { Status: MediaStatus.Deleted })
            return new(new FailReply { Refusal = Refusal.Deleted }, []);
        if (known is not { Status: MediaStatus.Open or MediaStatus.Failed } || known.Incoming != command.Incoming)
            return new(new FailReply { Refusal = Refusal.Ended }, []);
        var facts = new Facts(this, known.Device, at);
        if (known.Status == MediaStatus.Open)
            facts.AddFailed(known, command.Failure, command.Incoming);
        return new(new FailReply { Unneeded = [known.Incoming!] }, facts.Events);
    }

    /// <summary>A media goes for good; its earliest duplicate, if it has one, takes its place.</summary>
    public Decision<DeleteReply> Decide(DeleteMedia command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        var facts = new Facts(this, command.Device, at);
        if (command.WithDuplicates && known is { IsSafe: true })
            return DeleteAll(known, facts);
        if (known is not { Status: MediaStatus.Deleted })
            facts.AddDeleted(command.Media);
        return known?.Status switch
        {
            MediaStatus.Open => Deleted(known, facts, [known.Incoming!, .. Abandoned(known)]),
            MediaStatus.Failed => Deleted(known, facts, Abandoned(known)),
            MediaStatus.Stored when DuplicatesOf(known.Id) is [var heir, ..] => Promote(known, heir, facts),
            MediaStatus.Stored => Deleted(known, facts, UnlessKept(known.Content!)),
            _ => new(new DeleteReply { Deleted = [command.Media] }, facts.Events),
        };
    }

    /// <summary>
    /// Stored bytes were read again. If they are wrong, every media that lives on them is damaged; if damaged ones are right
    /// again, somebody has put them back.
    /// </summary>
    public Decision<ReportReply> Decide(ReportBytes command, DateTimeOffset at)
    {
        var facts = new Facts(this, device: "", at);
        if (command.Damage is null)
            facts.AddRepaired(DamagedMedia(command.Sha256).Where(media => media.Content == command.Content));
        else if (FindOriginal(command.Sha256) is { } original && original.Content == command.Content)
            facts.AddDamaged([original.Id, .. DuplicatesOf(original.Id)], command.Damage);
        return new(new ReportReply([.. facts.Events.Select(e => e.Subject.MediaId)]), facts.Events);
    }

    private Decision<CreateReply> Start(Media? known, CreateUpload command, DateTimeOffset at, JobLimits limits)
    {
        var original = command.Sha256 is { } hash ? FindOriginal(hash) : null;
        if (original is not null && command.Length is { } length && length != original.Length)
            original = null;
        if (!HasRoomFor(known, command.Sha256, original is null ? command.Length ?? 1 : 0, limits))
            return new(new CreateReply { Refusal = Refusal.JobFull, Limits = limits }, []);
        if (original is null && command.IsOneTooMany)
            return new(new CreateReply { Refusal = Refusal.TooManyOpen }, []);
        var facts = new Facts(this, command.Device, at);
        var media = facts.Add(command);
        if (original is null)
            return new(new CreateReply { Media = media, Started = true }, facts.Events, command.ToRow(Key));
        var duplicate = facts.AddDuplicate(media, original);
        return new(new CreateReply { Media = duplicate, Started = true, Unneeded = Abandoned(media) }, facts.Events);
    }

    private Decision<CompleteReply> StartAndEnd(Media? known, CreateUpload create, CompleteUpload complete, DateTimeOffset at, JobLimits limits)
    {
        if (!HasRoomFor(known, complete.Sha256, FindOriginal(complete.Sha256) is null ? complete.Length : 0, limits))
            return new(new CompleteReply { Refusal = Refusal.JobFull, Limits = limits, Unneeded = Unneeded(complete) }, []);
        var facts = new Facts(this, create.Device, at);
        return End(facts.Add(create), complete, facts);
    }

    private Decision<CompleteReply> End(Media media, CompleteUpload command, Facts facts, BlobId? abandonedIncoming = null)
    {
        BlobId[] abandoned = abandonedIncoming is null ? [] : [abandonedIncoming];
        if (Mismatch(media, command) is { } mismatch)
        {
            facts.AddFailed(media, mismatch, command.Incoming);
            return new(new CompleteReply { Refusal = Refusal.HashMismatch, Expected = media.DeclaredSha256, Unneeded = [.. Unneeded(command), .. abandoned] }, facts.Events);
        }
        if (FindOriginal(command.Sha256) is { } original)
        {
            var duplicate = facts.AddDuplicate(media, original);
            return new(new CompleteReply { Media = duplicate, Unneeded = [.. Unneeded(command), .. abandoned, .. Abandoned(media)] }, facts.Events);
        }
        var damaged = DamagedMedia(command.Sha256, but: media.Id);
        var stored = facts.AddStored(media, command);
        facts.AddRepaired(damaged, stored);
        return new(new CompleteReply { Media = stored, Unneeded = [.. abandoned, .. Abandoned([media, .. damaged])] }, facts.Events);
    }

    /// <summary>A completion that comes again, or too late.</summary>
    private CompleteReply Repeated(Media? known, CompleteUpload command) => known switch
    {
        { IsSafe: true } when known.Content == command.Content => new CompleteReply { Media = known },
        { IsSafe: true } when known.Sha256 == command.Sha256 => new CompleteReply { Media = known, Unneeded = Unneeded(command) },
        { IsSafe: true } => new CompleteReply { Refusal = Refusal.DifferentUpload, Unneeded = Unneeded(command) },
        { Status: MediaStatus.Deleted } => new CompleteReply { Refusal = Refusal.Deleted, Unneeded = Unneeded(command) },
        { Failure.Reason: FailureReason.HashMismatch } when known.Incoming == command.Incoming =>
            new CompleteReply { Refusal = Refusal.HashMismatch, Expected = known.DeclaredSha256, Unneeded = Unneeded(command) },
        _ => new CompleteReply { Refusal = Refusal.Ended, Unneeded = Unneeded(command) },
    };

    /// <summary>
    /// The command's bytes, unless a media lives on them: after a promotion the heir's content may be the blob of an
    /// upload that is gone, and a late repeat of that upload's completion must not take it away.
    /// </summary>
    private BlobId[] Unneeded(CompleteUpload command) =>
        FindOriginal(command.Sha256)?.Content == command.Content ? [] : UnlessKept(command.Content);

    /// <summary>A content, unless a media keeps it although its bytes were damaged once.</summary>
    private BlobId[] UnlessKept(BlobId content) => _damaged.ContainsKey(content) ? [] : [content];

    /// <summary>The damaged bytes that only these media kept: they are safe on other bytes now, or deleted.</summary>
    private IReadOnlyList<BlobId> Abandoned(params IEnumerable<Media> media) => _damaged.Count == 0 ? [] :
    [
        .. from one in media
           where one.Content is not null
           group one by one.Content into kept
           where kept.Count() == _damaged.GetValueOrDefault(kept.Key) && !_originals.Values.Any(id => _media[id].Content == kept.Key)
           select kept.Key,
    ];

    /// <summary>The media that lost these bytes, in the order in which that happened. There are none as long as there is no damage.</summary>
    private IReadOnlyList<Media> DamagedMedia(Sha256Hash hash, Guid but = default) => _damaged.Count == 0 ? [] :
    [
        .. from media in _media.Values
           where media.Failure?.Reason == FailureReason.Damaged && media.Sha256 == hash && media.Id != but
           orderby media.LastSeq
           select media,
    ];

    private Decision<DeleteReply> DeleteAll(Media known, Facts facts)
    {
        var original = Find(known.DuplicateOf ?? known.Id)!;
        Guid[] all = [original.Id, .. DuplicatesOf(original.Id)];
        foreach (var id in all)
            facts.AddDeleted(id);
        return new(new DeleteReply { Deleted = all, Unneeded = UnlessKept(original.Content!) }, facts.Events);
    }

    private static Decision<DeleteReply> Deleted(Media media, Facts facts, IReadOnlyList<BlobId> unneeded) =>
        new(new DeleteReply { Deleted = [media.Id], Unneeded = unneeded }, facts.Events);

    private static Decision<DeleteReply> Promote(Media original, Guid heir, Facts facts)
    {
        facts.AddPromoted(heir, original.Id);
        return new(new DeleteReply { Deleted = [original.Id], Promoted = heir }, facts.Events);
    }

    /// <summary>
    /// The same id with the same length and SHA-256 is the same upload. Once complete, its true length and hash count.
    /// </summary>
    private static bool IsSameUpload(Media known, CreateUpload command) => known.IsSafe
        ? (command.Length is null || command.Length == known.Length) && (command.Sha256 is null || command.Sha256 == known.Sha256)
        : command.Length == known.Length && command.Sha256 == known.DeclaredSha256;

    /// <summary>What is wrong if the bytes are not those that the device promised.</summary>
    private static UploadFailure? Mismatch(Media media, CompleteUpload command)
    {
        if (media.DeclaredSha256 is { } declared && declared != command.Sha256)
            return Mismatch("SHA-256", declared.ToString(), command.Sha256.ToString());
        return command.DeclaredSha512 == command.Sha512 ? null : Mismatch("SHA-512", command.DeclaredSha512, command.Sha512);
    }

    private static UploadFailure Mismatch(string what, string? declared, string? actual) => new(
        FailureReason.HashMismatch,
        $"The bytes that arrived have the {what} {actual}; the device said {declared}.",
        Retryable: true);

    /// <summary>Collects the events of one decision and numbers them.</summary>
    private sealed class Facts(Job job, string device, DateTimeOffset at)
    {
        private readonly Timestamp _at = at.ToTimestamp();

        public List<JobEvent> Events { get; } = [];

        public Media Add(CreateUpload command)
        {
            var started = new UploadStarted
            {
                Filename = command.Description.Filename,
                DeclaredType = command.Description.DeclaredType,
                DeclaredSha256 = command.Sha256 is { } hash ? Bytes(hash) : ByteString.Empty,
                Section = command.Description.Section,
                Session = command.Description.Session,
                CapturedAt = command.Description.CapturedAt,
                Kind = command.Description.Kind,
                Source = command.Description.Source,
            };
            if (command.Length is { } length)
                started.Length = length;
            return Add(job.Find(command.Media), command.Media, new() { UploadStarted = started },
                new() { Incoming = command.Incoming, RawMetadata = command.RawMetadata, Concat = command.Concat });
        }

        public Media AddStored(Media media, CompleteUpload command) => Add(media, media.Id, new()
        {
            MediaStored = new MediaStored
            {
                Filename = media.Description.Filename,
                MediaType = command.MediaType,
                Length = command.Length,
                Sha256 = Bytes(command.Sha256),
            },
        }, new() { Content = command.Content });

        public Media AddDuplicate(Media media, Media original) => Add(media, media.Id, new()
        {
            MediaDuplicate = new MediaDuplicate
            {
                OfMedia = original.Id.ToString(),
                OfDevice = original.Device,
                Filename = media.Description.Filename,
                MediaType = original.MediaType,
                Length = original.Length!.Value,
                Sha256 = Bytes(original.Sha256!.Value),
            },
        }, new() { Content = original.Content });

        public void AddFailed(Media media, UploadFailure failure, BlobId incoming) => Add(media, media.Id, new()
        {
            UploadFailed = new UploadFailed
            {
                Reason = (UploadFailed.Types.Reason)failure.Reason,
                Message = failure.Message,
                Retryable = failure.Retryable,
            },
        }, new() { Incoming = incoming });

        public void AddDamaged(IEnumerable<Guid> media, string damage)
        {
            foreach (var id in media)
                Add(job.Find(id), id, new() { MediaDamaged = new MediaDamaged { Message = damage } }, PrivateFacts.None);
        }

        /// <summary>Damaged media are safe again: on the bytes of another, or else on their own, which the first of them has then.</summary>
        public void AddRepaired(IEnumerable<Media> damaged, Media? original = null)
        {
            foreach (var media in damaged.ToList())
            {
                var after = AddRepaired(media, original);
                original ??= after;
            }
        }

        public void AddDeleted(Guid media) => Add(job.Find(media), media, new() { MediaDeleted = new MediaDeleted() }, PrivateFacts.None);

        public void AddPromoted(Guid heir, Guid from) =>
            Add(job.Find(heir), heir, new() { MediaPromoted = new MediaPromoted { FromMedia = from.ToString() } }, PrivateFacts.None);

        private Media AddRepaired(Media media, Media? original) => Add(media, media.Id, new()
        {
            MediaRepaired = new MediaRepaired { OfMedia = original?.Id.ToString() ?? "", OfDevice = original?.Device ?? "" },
        }, new() { Content = (original ?? media).Content });

        /// <summary>Numbers an event and says what its media will be.</summary>
        private Media Add(Media? before, Guid media, ActivityEvent what, PrivateFacts hidden)
        {
            what.Job = job.Key;
            what.Seq = job.Head.Seq + Events.Count + 1;
            what.At = _at;
            what.Device = device;
            what.Media = media.ToString();
            var fact = JobEvent.Encode(what, hidden);
            Events.Add(fact);
            return MediaProjection.Apply(before, fact);
        }

        private static ByteString Bytes(Sha256Hash hash) => UnsafeByteOperations.UnsafeWrap(hash.ToBytes());
    }
}

using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using Media = OrleansIngest.Grains.Model.Media;
using UploadFailure = OrleansIngest.Grains.Model.UploadFailure;

namespace OrleansIngest.Grains.Jobs;

/// <summary>The result of deciding a command.</summary>
/// <param name="Reply">
/// The reply. It may be sent only after <paramref name="Events"/> and all events before them are
/// committed.
/// </param>
/// <param name="Events">The new events. None for a repetition, a refusal or a query.</param>
/// <param name="Opened">
/// The row of the upload that the events start; null if they start none.
/// </param>
public sealed record Decision<TReply>(TReply Reply, IReadOnlyList<JobEvent> Events, UploadRow? Opened = null);

public sealed partial class Job
{
    /// <summary>
    /// Decides the creation of an upload. A repeated creation returns the same upload.
    /// </summary>
    public Decision<CreateReply> Decide(CreateUpload command, DateTimeOffset at, JobLimits? limits = null)
    {
        var known = Find(command.Media);
        return known?.Status switch
        {
            MediaStatus.Failed when known.Incoming == command.Incoming =>
                new(new CreateReply { Refusal = Refusal.Ended }, []),
            null or MediaStatus.Failed => Start(known, command, at, limits ?? JobLimits.None),
            MediaStatus.Deleted => new(new CreateReply { Refusal = Refusal.Deleted }, []),
            _ when IsSameUpload(known, command) => new(new CreateReply { Media = known }, []),
            _ => new(new CreateReply { Refusal = Refusal.DifferentUpload }, []),
        };
    }

    /// <summary>Decides a completion: whether the media is stored or a duplicate.</summary>
    public Decision<CompleteReply> Decide(CompleteUpload command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        if (known is { Status: MediaStatus.Open } && known.Incoming == command.Incoming)
            return End(known, command, new EventBuilder(this, known.Device, at));
        return new(ReplyToRepetition(known, command), []);
    }

    /// <summary>Decides the creation and the completion of a small file that came whole.</summary>
    public Decision<CompleteReply> Decide(
        CreateUpload create, CompleteUpload complete, DateTimeOffset at, JobLimits? limits = null)
    {
        var known = Find(create.Media);
        return known?.Status switch
        {
            _ when _damaged.ContainsKey(complete.Content) => new(ReplyToRepetition(known, complete), []),
            null => StartAndEnd(known, create, complete, at, limits ?? JobLimits.None),
            MediaStatus.Failed when known.Incoming != complete.Incoming =>
                StartAndEnd(known, create, complete, at, limits ?? JobLimits.None),
            MediaStatus.Open when IsSameUpload(known, create) =>
                End(known, complete, new EventBuilder(this, known.Device, at), replaced: known.Incoming),
            MediaStatus.Open => new(Refuse(Refusal.DifferentUpload, complete), []),
            _ => new(ReplyToRepetition(known, complete), []),
        };
    }

    /// <summary>Decides the end of an upload without a media.</summary>
    public Decision<FailReply> Decide(FailUpload command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        if (known is { Status: MediaStatus.Deleted })
            return new(new FailReply { Refusal = Refusal.Deleted }, []);
        if (known is not { Status: MediaStatus.Open or MediaStatus.Failed } || known.Incoming != command.Incoming)
            return new(new FailReply { Refusal = Refusal.Ended }, []);
        var builder = new EventBuilder(this, known.Device, at);
        if (known.Status == MediaStatus.Open)
            builder.AddFailed(known, command.Failure, command.Incoming);
        return new(new FailReply { Unneeded = [known.Incoming!] }, builder.Events);
    }

    /// <summary>
    /// Decides the deletion of a media. Its earliest duplicate, if it has one, is promoted to
    /// the original.
    /// </summary>
    public Decision<DeleteReply> Decide(DeleteMedia command, DateTimeOffset at)
    {
        var known = Find(command.Media);
        var builder = new EventBuilder(this, command.Device, at);
        if (command.WithDuplicates && known is { IsSafe: true })
            return DeleteAll(known, builder);
        if (known is not { Status: MediaStatus.Deleted })
            builder.AddDeleted(command.Media);
        return known?.Status switch
        {
            MediaStatus.Open => Deleted(known, builder, [known.Incoming!, .. DamagedContents(known)]),
            MediaStatus.Failed => Deleted(known, builder, DamagedContents(known)),
            MediaStatus.Stored when DuplicatesOf(known.Id) is [var earliest, ..] => Promote(known, earliest, builder),
            MediaStatus.Stored => Deleted(known, builder, UnlessKept(known.Content!)),
            _ => new(new DeleteReply { Deleted = [command.Media] }, builder.Events),
        };
    }

    /// <summary>
    /// Decides what a new reading of stored bytes means. If they are wrong, every media that has
    /// them is damaged. If they were damaged and are right now, somebody has restored the file.
    /// </summary>
    public Decision<ReportReply> Decide(ReportBytes command, DateTimeOffset at)
    {
        var builder = new EventBuilder(this, device: "", at);
        if (command.Damage is null)
            builder.AddRepaired(DamagedMedia(command.Sha256).Where(media => media.Content == command.Content));
        else if (FindOriginal(command.Sha256) is { } original && original.Content == command.Content)
            builder.AddDamaged([original.Id, .. DuplicatesOf(original.Id)], command.Damage);
        return new(new ReportReply([.. builder.Events.Select(e => e.Subject.MediaId)]), builder.Events);
    }

    private Decision<CreateReply> Start(Media? known, CreateUpload command, DateTimeOffset at, JobLimits limits)
    {
        var original = command.Sha256 is { } hash ? FindOriginal(hash) : null;
        if (original is not null && command.Length is { } length && length != original.Length)
            original = null;
        // An upload of unknown length needs space for at least one byte.
        var newBytes = original is null ? command.Length ?? 1 : 0;
        if (!HasRoomFor(known, command.Sha256, newBytes, limits))
            return new(new CreateReply { Refusal = Refusal.JobFull, Limits = limits }, []);
        if (original is null && command.IsOneTooMany)
            return new(new CreateReply { Refusal = Refusal.TooManyOpen }, []);
        var builder = new EventBuilder(this, command.Device, at);
        var media = builder.AddStarted(command);
        if (original is null)
            return new(new CreateReply { Media = media, Started = true }, builder.Events, command.ToRow(Key));
        var duplicate = builder.AddDuplicate(media, original);
        var reply = new CreateReply { Media = duplicate, Started = true, Unneeded = DamagedContents(media) };
        return new(reply, builder.Events);
    }

    private Decision<CompleteReply> StartAndEnd(
        Media? known, CreateUpload create, CompleteUpload complete, DateTimeOffset at, JobLimits limits)
    {
        var newBytes = FindOriginal(complete.Sha256) is null ? complete.Length : 0;
        if (!HasRoomFor(known, complete.Sha256, newBytes, limits))
            return new(Refuse(Refusal.JobFull, complete) with { Limits = limits }, []);
        var builder = new EventBuilder(this, create.Device, at);
        return End(builder.AddStarted(create), complete, builder);
    }

    /// <summary>Ends an upload whose bytes were all received.</summary>
    /// <param name="media">The media, which is open.</param>
    /// <param name="command">The completion.</param>
    /// <param name="builder">Receives the events.</param>
    /// <param name="replaced">
    /// The incoming blob of an open upload that the same file, sent whole, replaces; or null.
    /// </param>
    private Decision<CompleteReply> End(
        Media media, CompleteUpload command, EventBuilder builder, BlobId? replaced = null)
    {
        BlobId[] unneeded = replaced is null ? [] : [replaced];
        if (Mismatch(media, command) is { } mismatch)
        {
            builder.AddFailed(media, mismatch, command.Incoming);
            return new(RefuseMismatch(media, command, unneeded), builder.Events);
        }
        if (FindOriginal(command.Sha256) is { } original)
        {
            var duplicate = builder.AddDuplicate(media, original);
            unneeded = [.. Unneeded(command), .. unneeded, .. DamagedContents(media)];
            return new(new CompleteReply { Media = duplicate, Unneeded = unneeded }, builder.Events);
        }
        var damaged = DamagedMedia(command.Sha256, except: media.Id);
        var stored = builder.AddStored(media, command);
        builder.AddRepaired(damaged, stored);
        unneeded = [.. LeftBehind(command), .. unneeded, .. DamagedContents([media, .. damaged])];
        return new(new CompleteReply { Media = stored, Unneeded = unneeded }, builder.Events);
    }

    /// <summary>Replies to a completion that is repeated, or that comes too late.</summary>
    private CompleteReply ReplyToRepetition(Media? known, CompleteUpload command) => known switch
    {
        { IsSafe: true } when known.Content == command.Content =>
            new CompleteReply { Media = known, Unneeded = LeftBehind(command) },
        { IsSafe: true } when known.Sha256 == command.Sha256 =>
            new CompleteReply { Media = known, Unneeded = Unneeded(command) },
        { IsSafe: true } => Refuse(Refusal.DifferentUpload, command),
        { Status: MediaStatus.Deleted } => Refuse(Refusal.Deleted, command),
        { Failure.Reason: FailureReason.HashMismatch } when known.Incoming == command.Incoming =>
            RefuseMismatch(known, command, []),
        _ => Refuse(Refusal.Ended, command),
    };

    private CompleteReply Refuse(Refusal refusal, CompleteUpload command) =>
        new() { Refusal = refusal, Unneeded = Unneeded(command) };

    private CompleteReply RefuseMismatch(Media media, CompleteUpload command, BlobId[] unneeded) => new()
    {
        Refusal = Refusal.HashMismatch,
        Expected = media.DeclaredSha256,
        Unneeded = [.. Unneeded(command), .. unneeded],
    };

    /// <summary>
    /// The bytes of the command, unless a media has them. A promoted media can have the blob of an
    /// upload that is deleted: a late repetition of that upload's completion must not free it.
    /// </summary>
    private BlobId[] Unneeded(CompleteUpload command) => FindOriginal(command.Sha256)?.Content == command.Content
        ? LeftBehind(command)
        : [.. UnlessKept(command.Content), .. LeftBehind(command)];

    /// <summary>
    /// The parts from which the store made one new blob: once the job has decided, no upload needs
    /// them. Empty if the content is made of the incoming bytes themselves.
    /// </summary>
    private static BlobId[] LeftBehind(CompleteUpload command) =>
        command.Incoming.Kind == BlobKind.Joined && command.Content.Kind != BlobKind.Joined ? [command.Incoming] : [];

    /// <summary>The content, unless a damaged media keeps it.</summary>
    private BlobId[] UnlessKept(BlobId content) => _damaged.ContainsKey(content) ? [] : [content];

    /// <summary>
    /// The damaged contents that only these media keep. They are not needed once the media have
    /// intact bytes or are deleted.
    /// </summary>
    private IReadOnlyList<BlobId> DamagedContents(params IEnumerable<Media> media) => _damaged.Count == 0 ? [] :
    [
        .. from one in media
           where one.Content is not null
           group one by one.Content into keepers
           where keepers.Count() == _damaged.GetValueOrDefault(keepers.Key) && !IsContentOfOriginal(keepers.Key)
           select keepers.Key,
    ];

    private bool IsContentOfOriginal(BlobId content) => _originals.Values.Any(id => _media[id].Content == content);

    /// <summary>
    /// The damaged media that had this hash, in the order in which they were damaged.
    /// </summary>
    private IReadOnlyList<Media> DamagedMedia(Sha256Hash hash, Guid except = default) => _damaged.Count == 0 ? [] :
    [
        .. from media in _media.Values
           where media.Failure?.Reason == FailureReason.Damaged && media.Sha256 == hash && media.Id != except
           orderby media.LastSeq
           select media,
    ];

    private Decision<DeleteReply> DeleteAll(Media known, EventBuilder builder)
    {
        var original = Find(known.DuplicateOf ?? known.Id)!;
        Guid[] all = [original.Id, .. DuplicatesOf(original.Id)];
        foreach (var id in all)
            builder.AddDeleted(id);
        return new(new DeleteReply { Deleted = all, Unneeded = UnlessKept(original.Content!) }, builder.Events);
    }

    private static Decision<DeleteReply> Deleted(Media media, EventBuilder builder, IReadOnlyList<BlobId> unneeded) =>
        new(new DeleteReply { Deleted = [media.Id], Unneeded = unneeded }, builder.Events);

    private static Decision<DeleteReply> Promote(Media original, Guid duplicate, EventBuilder builder)
    {
        builder.AddPromoted(duplicate, original.Id);
        return new(new DeleteReply { Deleted = [original.Id], Promoted = duplicate }, builder.Events);
    }

    /// <summary>
    /// Whether a creation repeats an earlier one: it has the same length and SHA-256. A complete
    /// media is compared by its actual values, and a value that the creation lacks is ignored.
    /// </summary>
    private static bool IsSameUpload(Media known, CreateUpload command) => known.IsSafe
        ? (command.Length is null || command.Length == known.Length)
            && (command.Sha256 is null || command.Sha256 == known.Sha256)
        : command.Length == known.Length && command.Sha256 == known.DeclaredSha256;

    /// <summary>
    /// The failure of an upload whose bytes do not have the promised hashes; null if they have.
    /// </summary>
    private static UploadFailure? Mismatch(Media media, CompleteUpload command)
    {
        if (media.DeclaredSha256 is { } declared && declared != command.Sha256)
            return Mismatch("SHA-256", declared.ToString(), command.Sha256.ToString());
        return command.DeclaredSha512 == command.Sha512
            ? null
            : Mismatch("SHA-512", command.DeclaredSha512, command.Sha512);
    }

    private static UploadFailure Mismatch(string algorithm, string? declared, string? actual) => new(
        FailureReason.HashMismatch,
        $"The bytes that arrived have the {algorithm} {actual}; the device said {declared}.",
        Retryable: true);

    /// <summary>Builds the events of one decision and numbers them.</summary>
    private sealed class EventBuilder(Job job, string device, DateTimeOffset at)
    {
        private readonly Timestamp _at = at.ToTimestamp();
        private Guid _media;
        private string? _text;

        public List<JobEvent> Events { get; } = [];

        public Media AddStarted(CreateUpload command)
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
            {
                var damaged = new MediaDamaged { Message = damage };
                Add(job.Find(id), id, new() { MediaDamaged = damaged }, PrivateFacts.None);
            }
        }

        /// <summary>
        /// Adds the repair of damaged media. They share the bytes of a stored media or, without
        /// one, their own: then the first of them becomes the original.
        /// </summary>
        public void AddRepaired(IEnumerable<Media> damaged, Media? original = null)
        {
            foreach (var media in damaged.ToList())
            {
                var repaired = AddRepaired(media, original);
                original ??= repaired;
            }
        }

        public void AddDeleted(Guid media) =>
            Add(job.Find(media), media, new() { MediaDeleted = new MediaDeleted() }, PrivateFacts.None);

        public void AddPromoted(Guid duplicate, Guid from)
        {
            var promoted = new MediaPromoted { FromMedia = from.ToString() };
            Add(job.Find(duplicate), duplicate, new() { MediaPromoted = promoted }, PrivateFacts.None);
        }

        private Media AddRepaired(Media media, Media? original) => Add(media, media.Id, new()
        {
            MediaRepaired = new MediaRepaired
            {
                OfMedia = original?.Id.ToString() ?? "",
                OfDevice = original?.Device ?? "",
            },
        }, new() { Content = (original ?? media).Content });

        /// <summary>Numbers and encodes an event.</summary>
        /// <returns>The media as it is after the event.</returns>
        private Media Add(Media? before, Guid media, ActivityEvent publicPart, PrivateFacts privatePart)
        {
            publicPart.Job = job.Key;
            publicPart.Seq = job.Head.Seq + Events.Count + 1;
            publicPart.At = _at;
            publicPart.Device = device;
            publicPart.Media = Text(media);
            var jobEvent = JobEvent.Encode(publicPart, privatePart);
            Events.Add(jobEvent);
            return jobEvent.Project(before);
        }

        /// <summary>Mostly, all events of a decision are about one media.</summary>
        private string Text(Guid media)
        {
            if (_text is null || _media != media)
                (_media, _text) = (media, media.ToString());
            return _text;
        }

        private static ByteString Bytes(Sha256Hash hash) => UnsafeByteOperations.UnsafeWrap(hash.ToBytes());
    }
}

using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Uploads;

// How uploads begin whose bytes come later, or not all at once.
public sealed partial class UploadService
{
    /// <summary>Creates an upload, or finds the same one again.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="wanted">
    /// What the client wants. The <c>Concat</c> says whether it is a partial or a final upload.
    /// </param>
    /// <param name="hasBody">
    /// Whether bytes come with the request. Then a request that sends the same upload is stopped,
    /// and the status says how far it came.
    /// </param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task<UploadOutcome> Create(string job, CreateUpload wanted, bool hasBody, CancellationToken cancellation) =>
        wanted.Concat switch
        {
            "" => CreateMedia(job, wanted, hasBody, cancellation),
            UploadRow.Partial => CreatePart(job, wanted),
            _ => CreateFinal(job, wanted, cancellation),
        };

    private async Task<UploadOutcome> CreateMedia(
        string job, CreateUpload wanted, bool hasBody, CancellationToken cancellation) =>
        await IsPart(job, wanted.Media)
            ? RefusalReason.DifferentUpload
            : await Start(job, wanted with { Incoming = context.Store.New() }, hasBody, cancellation);

    /// <summary>A part belongs to a media that comes later, so no job hears of it.</summary>
    private async Task<UploadOutcome> CreatePart(string job, CreateUpload wanted)
    {
        var command = wanted with { Incoming = context.Store.New(), At = context.Expiry.Now };
        var row = command.ToRow(job) with { Node = context.Nodes.Self };
        await context.Rows.OpenPartial(row);
        return UploadStatus.Of(open.Add(row, offset: 0).State.Row, offset: 0);
    }

    /// <summary>
    /// A final upload is an open upload like any other, whose blob is those of its parts, joined.
    /// Its row is committed before the parts are looked at: once it is there, no part loses its
    /// bytes.
    /// </summary>
    private async Task<UploadOutcome> CreateFinal(string job, CreateUpload wanted, CancellationToken cancellation)
    {
        if (await IsPart(job, wanted.Media))
            return RefusalReason.DifferentUpload;
        if (await context.Rows.Find(job, wanted.Media, cancellation) is { } same && same.Concat == wanted.Concat)
            return await HasHashes(same, wanted)
                ? await Settle(job, wanted.Media, cancellation)
                : RefusalReason.DifferentUpload;
        var parts = await ConcatUploads.Find(context.Rows, job, wanted.Concat);
        if (parts.Missing is { } url)
            return await FindStored(job, wanted, cancellation)
                ?? new UploadRefusal(RefusalReason.UnknownPart) { Detail = url };
        if (parts.Length > context.Options.MaxSize)
            return context.TooLarge;
        var joined = BlobId.Join(parts.Parts.Select(part => part.Incoming));
        return await Start(job, wanted with { Length = parts.Length, Incoming = joined }, hasBody: false, cancellation);
    }

    private async Task<UploadOutcome> Start(
        string job, CreateUpload wanted, bool hasBody, CancellationToken cancellation)
    {
        var isOneTooMany = await HasManyOpen(wanted.Device, cancellation);
        var command = wanted with { At = context.Expiry.Now, Node = context.Nodes.Self, IsOneTooMany = isOneTooMany };
        var reply = await context.Jobs.Create(job, command);
        if (reply.Refusal != Refusal.None)
            return UploadRefusal.Of(reply.Refusal, reply.Limits) with { Most = context.Options.MaxOpenPerDevice };
        if (reply.Media!.IsSafe)
            return await Complete(job, command, reply.Media);
        // The job says that it is open. If its row is gone, it has ended meanwhile.
        var known = reply.Started
            ? open.Add(command.ToRow(job), offset: 0)
            : await open.Find(job, command.Media, cancellation);
        if (known is null)
            return UploadRefusal.Of(reply.Media);
        // The same upload from before had expired and is ended now: it begins anew.
        if (!reply.Started && await EndIfExpired(known, cancellation))
            return await Start(job, wanted, hasBody, cancellation);
        var row = known.State.Row;
        if (row.Concat != command.Concat || row.DeclaredSha512 != command.Sha512)
            return RefusalReason.DifferentUpload;
        return known.State.IsWhole || row.IsFinal || (hasBody && !reply.Started)
            ? await Settle(job, command.Media, cancellation)
            : UploadStatus.Of(row, known.State.Tell());
    }

    /// <summary>The job has all bytes already.</summary>
    private async Task<UploadOutcome> Complete(string job, CreateUpload wanted, Media media)
    {
        if (!await HasSha512(wanted, media))
            return RefusalReason.DifferentUpload;
        context.Jobs.TellSynced(job, wanted.Device, wanted.Media);
        return UploadStatus.Complete(job, media, wanted.RawMetadata);
    }

    /// <summary>
    /// The media that a final upload became whose parts are gone; null if it did not.
    /// </summary>
    private async Task<UploadOutcome?> FindStored(string job, CreateUpload wanted, CancellationToken cancellation)
    {
        if (await context.Jobs.FindMedia(job, wanted.Media) is not { IsSafe: true } media)
            return null;
        var isOther = wanted.Sha256 is not null && wanted.Sha256 != media.Sha256;
        return isOther || !await HasSha512(wanted, media)
            ? RefusalReason.DifferentUpload
            : await Settle(job, wanted.Media, cancellation);
    }

    private async Task<bool> HasHashes(UploadRow same, CreateUpload wanted) =>
        same.DeclaredSha512 == wanted.Sha512
        && (await context.Jobs.FindMedia(same.Job, wanted.Media))?.DeclaredSha256 == wanted.Sha256;

    /// <summary>
    /// Whether stored bytes have the SHA-512 that a client promises. A job knows SHA-256 only, so
    /// the bytes are read if the client did not promise that, too.
    /// </summary>
    private async Task<bool> HasSha512(CreateUpload wanted, Media media)
    {
        if (wanted.Sha512 is null || wanted.Sha256 == media.Sha256)
            return true;
        using var hash = await RunningHash.Of(context.Store, media.Content!, withSha512: true);
        return hash.Sha512() == wanted.Sha512;
    }

    private ValueTask<bool> IsPart(string job, Guid id) => ConcatUploads.IsPart(context.Rows, job, id);

    /// <summary>
    /// Whether a device has as many open uploads as it may have. Uploads that are created at the
    /// same moment do not see each other: the limit is for devices
    /// that never finish what they begin.
    /// </summary>
    private async Task<bool> HasManyOpen(string device, CancellationToken cancellation) =>
        context.Options.MaxOpenPerDevice is > 0 and var most
        && await context.Rows.Count(device, most, cancellation) == most;
}

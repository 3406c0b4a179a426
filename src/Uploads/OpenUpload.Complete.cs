using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Uploads.Blobs;
using OrleansIngest.Uploads.Formats;

namespace OrleansIngest.Uploads;

// The last byte is here. In this order: the bytes become durable, the job's grain decides, the
// journal commits, the client is answered, and only then are bytes freed that nobody needs.
public sealed partial class OpenUpload
{
    private const string PartGone =
        "One of the partial uploads that it is made of was given up or has expired.";

    /// <summary>
    /// Completes an upload that has all of its bytes. A final upload gets them from its parts, if
    /// they are all whole.
    /// </summary>
    public Task<UploadOutcome> Complete() => Row switch
    {
        { IsPartial: true } => CompletePart(),
        { IsFinal: true } => Join(),
        _ => CompleteMedia(),
    };

    /// <summary>
    /// Completes a file that came whole with its creation: one call starts and ends it.
    /// </summary>
    internal async Task<UploadOutcome> Store(CreateUpload create, BlobClaim claim)
    {
        using var _ = UploadTelemetry.Complete(Row);
        if (await Finish() is not { } command)
            return RefusalReason.BadFormat;
        _hasJustCome = true;
        claim.IsTold = true;
        var reply = await _context.Jobs.Store(Row.Job, create, command);
        claim.IsSettled = true;
        return Settle(command, reply);
    }

    private async Task<UploadOutcome> CompleteMedia()
    {
        using var _ = UploadTelemetry.Complete(Row);
        if (await TryFinish() is not { } command)
        {
            await Fail(FormatRules.Failure);
            return RefusalReason.BadFormat;
        }
        var reply = await _context.Jobs.Complete(Row.Job, command with { Generation = Row.Generation });
        Forget();
        return Settle(command, reply);
    }

    /// <summary>
    /// A part stays as it is. That it has all of its bytes may not be recorded yet.
    /// </summary>
    private async Task<UploadOutcome> CompletePart()
    {
        var row = Row with { DurableOffset = Offset };
        if (!Row.IsWhole
            && !await _context.Rows.RecordOffset(row.Fence, row.DurableOffset, row.LastByteAt))
            return await Lost();
        _state.Row = row;
        return Status();
    }

    /// <summary>
    /// Completes a final upload, if all of its parts are whole. Its blob is theirs, joined.
    /// Requests that make a part whole look here after their own commit, so that of two at the same
    /// time at least one finds all parts whole.
    /// </summary>
    private async Task<UploadOutcome> Join()
    {
        var parts = await ConcatUploads.Find(_context.Rows, Row.Job, Row.Concat);
        if (parts.Missing is not null)
        {
            await Fail(new UploadFailure(FailureReason.Terminated, PartGone, Retryable: true));
            return new UploadRefusal(RefusalReason.Ended) { Detail = PartGone };
        }
        if (parts.Length is not { } length)
            return Status();
        if (length > _context.Options.MaxSize)
            return _context.TooLarge;
        if (Row.Length is null && await SetLength(length) is { } refusal)
            return refusal;
        if (!parts.AreWhole)
            return Status();
        _state.Restart(length);
        return await CompleteMedia();
    }

    private async Task<CompleteUpload?> TryFinish()
    {
        try
        {
            return await Finish();
        }
        catch (IOException)
        {
            Forget();
            throw;
        }
    }

    /// <summary>
    /// Makes the bytes durable, looks at their format, and hashes them if no request has done so.
    /// Durability comes first, before anything that may take its time: a disk that could not write
    /// the bytes says so only once.
    /// </summary>
    /// <returns>Null if the job does not take files of this format.</returns>
    private async Task<CompleteUpload?> Finish()
    {
        using var _ = UploadTelemetry.Finish();
        KillPoint.Reach(KillPoint.AfterLastByte);
        var content = await _context.Store.Finish(Row.Incoming, Offset);
        KillPoint.Reach(KillPoint.AfterSync);
        if (!await _context.Formats.Takes(Row, content, Offset))
            return null;
        _state.Hash ??= await RunningHash.Of(_context.Store, content, Row.DeclaredSha512 is not null);
        return new CompleteUpload
        {
            Media = Row.Media,
            Incoming = Row.Incoming,
            Length = Offset,
            Sha256 = _state.Hash.Value(),
            MediaType = _state.Hash.MediaType,
            Content = content,
            DeclaredSha512 = Row.DeclaredSha512,
            Sha512 = _state.Hash.Sha512(),
        };
    }

    private UploadOutcome Settle(CompleteUpload command, CompleteReply reply)
    {
        if (reply.Refusal != Refusal.None)
            return Refused(command, reply);
        _context.Jobs.TellSynced(Row.Job, Row.Device, Row.Media);
        KillPoint.Reach(KillPoint.BeforeAnswer);
        return UploadStatus.Complete(Row.Job, reply.Media!, Row.RawMetadata, Row.Concat, _hasJustCome);
    }

    /// <summary>
    /// If two hashes were promised, the refusal names the one that is wrong; the SHA-256 if both
    /// are.
    /// </summary>
    private static UploadRefusal Refused(CompleteUpload command, CompleteReply reply)
    {
        var isSha256 = reply.Expected is { } sha256 && sha256 != command.Sha256;
        return UploadRefusal.Of(reply.Refusal, reply.Limits) with
        {
            Expected = isSha256 ? reply.Expected.ToString() : command.DeclaredSha512,
            Actual = isSha256 ? command.Sha256.ToString() : command.Sha512,
        };
    }
}

using System.IO.Pipelines;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads.Formats;
using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>Brings bodies into uploads that are held, and says what their ends mean.</summary>
internal sealed class UploadBodies(
    BodyReceiver receiver, FormatRules formats, UploadTable table, IUploads uploads, IGrainFactory grains,
    UploadExpiry expiry, IngestOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>Receives the one body of an upload that comes whole with its creation.</summary>
    /// <exception cref="ProblemException">It is not whole, not what it should be, or too long.</exception>
    /// <exception cref="ConnectionCutException">The client is gone.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task ReceiveWhole(UploadHold hold, PipeReader body, BodyDigest? digest)
    {
        var session = hold.Session;
        if (digest is not null)
            hold.Expect(digest);
        await using (var writer = await formats.Append(session, isVerified: digest is not null))
        {
            var end = await receiver.Receive(body, writer, hold, static () => ValueTask.CompletedTask, gather: session.Row.Length ?? long.MaxValue);
            if (session.Row.Length is { } length && end == BodyEnd.TooLong)
                throw UploadRequests.Inconsistent(length, end: null);
            ThrowUnlessWhole(end, session.Row.Length, digest);
        }
        if (session.Row.Length is { } said && said != session.Offset)
            throw UploadRequests.Inconsistent(said, session.Offset);
    }

    /// <summary>Receives a body of an upload. However it ends, what came of it is recorded; but not if all of the upload is here, for then its completion does.</summary>
    /// <exception cref="ProblemException">The upload has ended meanwhile.</exception>
    /// <exception cref="IOException">The store fails: the upload has fallen back to what is safe.</exception>
    public async Task<BodyEnd> Receive(UploadHold hold, UploadAppend append)
    {
        if (append.ContentLength == 0)
            return append.Digest?.Matches() == false ? BodyEnd.Wrong : BodyEnd.Whole;
        try
        {
            await using var writer = await formats.Append(hold.Session, isVerified: append.Digest is not null);
            var transfer = new Transfer(hold, writer, uploads, grains, expiry, time);
            if (append.Digest is not null)
                await transfer.Expect(append.Digest);
            var end = await receiver.Receive(append.Body, writer, hold, append.Progress is null ? transfer.Received : TellingProgress(transfer, hold, append.Progress));
            if (IsToBeRecorded(hold.Session, append, end))
            {
                await transfer.Checkpoint();
                transfer.Report();
            }
            else if (end != BodyEnd.Whole)
            {
                await transfer.RecordByte();
            }
            return end;
        }
        catch
        {
            table.Remove(hold.Session);
            throw;
        }
    }

    /// <summary>
    /// Whether a body has no bytes. Of one whose length was not said, only its first byte or its end tells; it is left
    /// to be read.
    /// </summary>
    /// <param name="body">The bytes.</param>
    /// <param name="length">How many the request says there are, if it does.</param>
    /// <exception cref="ProblemException">The server is being restarted.</exception>
    /// <exception cref="ConnectionCutException">The client is gone, or silent.</exception>
    public async Task<bool> IsEmpty(PipeReader body, long? length)
    {
        if (length is not null)
            return length == 0;
        using var silence = new CancellationTokenSource(options.BodySilence, time);
        var stopping = lifetime.ApplicationStopping;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, stopping);
        var end = await BodyReceiver.ReceiveNothing(body, patience.Token);
        if (end != BodyEnd.TooLong)
            ThrowUnlessWhole(end, length, digest: null);
        return end == BodyEnd.Whole;
    }

    /// <summary>What a client is told of a body that did not end well.</summary>
    /// <exception cref="ProblemException">Why.</exception>
    /// <exception cref="ConnectionCutException">Nobody is listening.</exception>
    public void ThrowUnlessWhole(BodyEnd end, long? length, BodyDigest? digest)
    {
        if (end == BodyEnd.Wrong)
            throw digest!.Problem!;
        if (end == BodyEnd.TooLong)
            throw TooLong(length);
        if (end == BodyEnd.StoreFull)
            throw StorageProblems.Full();
        if (end == BodyEnd.BadFormat)
            throw FormatRules.Refused();
        if (end == BodyEnd.Stopped && lifetime.ApplicationStopping.IsCancellationRequested)
            throw new ProblemException(ProblemKind.ShuttingDown, "What is safe is kept; go on in a moment.").RetryAfter(2);
        if (end != BodyEnd.Whole)
            throw new ConnectionCutException(); // cut, taken over, or silent: in no case is anybody listening
    }

    /// <summary>There are more bytes than the upload, or the server, has room for.</summary>
    public ProblemException TooLong(long? length) => length is null
        ? UploadRequests.TooLarge(options.MaxUploadSize.Bytes)
        : new ProblemException(ProblemKind.BodyTooLong, $"The upload has {length} bytes in all.");

    private static Func<ValueTask> TellingProgress(
        Transfer transfer, UploadHold hold, Func<UploadSession, ValueTask> progress) => async () =>
    {
        await transfer.Received();
        await progress(hold.Session);
    };

    /// <summary>An upload's completion, if one follows, records its last byte; but of bytes with a digest somebody must say before that they count.</summary>
    private static bool IsToBeRecorded(UploadSession session, UploadAppend append, BodyEnd end) => append.Digest is null
        ? session is not { IsWhole: true, Row.IsPartial: false } || end == BodyEnd.TooLong
        : end == BodyEnd.Whole;
}

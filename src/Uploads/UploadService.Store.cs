using OrleansIngest.Grains.Jobs;

namespace OrleansIngest.Uploads;

// Files whose body comes whole with their creation: nothing is started before all of it is here.
public sealed partial class UploadService
{
    /// <summary>
    /// Receives a body and stores it as a media. If it is cut, it leaves nothing.
    /// </summary>
    /// <param name="job">The job's key.</param>
    /// <param name="wanted">What the client wants.</param>
    /// <param name="body">The bytes, and their digest if the request has one.</param>
    /// <param name="mayBeEmpty">Whether a file may have no bytes.</param>
    public async Task<UploadOutcome> Store(string job, CreateUpload wanted, UploadBody body, bool mayBeEmpty = true)
    {
        if (await IsPart(job, wanted.Media))
            return RefusalReason.DifferentUpload;
        using var claim = claims.New(wanted.Length <= UploadOptions.SmallBody ? wanted.Length : null);
        var command = wanted with { Incoming = claim.Blob };
        var state = new UploadState(command.ToRow(job), offset: 0);
        using var upload = new OpenUpload(context, state, new UploadLease(gate: null, start: 0, context.Time));
        try
        {
            if (await upload.ReceiveWhole(body) is { } refusal)
                return refusal;
            if (upload.Offset == 0 && !mayBeEmpty)
                return RefusalReason.NoBytes;
            if (command.Length is null)
                command = command with { Length = upload.Offset };
            var outcome = await upload.Store(command, claim);
            // The id may belong to an upload that was open until now.
            if (claim.IsSettled)
                open.Stop(job, wanted.Media);
            return outcome;
        }
        finally
        {
            state.DropHash();
        }
    }
}

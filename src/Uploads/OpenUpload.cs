using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// An open upload that one request holds: it receives bytes, makes them durable, completes the
/// upload or fails it. No other request changes the upload until this is disposed.
/// </summary>
/// <remarks>
/// Methods throw <see cref="IOException"/> if the store fails, and <see cref="JournalException"/>
/// or <see cref="Grains.Calls.GrainUnavailableException"/> if the journal or the job does. The
/// upload is where it was safe then.
/// </remarks>
public sealed partial class OpenUpload : IDisposable
{
    private static readonly UploadFailure s_expired =
        new(FailureReason.Expired, "No byte came for too long. Create it again.", Retryable: true);

    private readonly UploadContext _context;
    private readonly OpenUploads? _cache;
    private readonly UploadState _state;
    private readonly UploadLease _lease;

    // The fields of a body that is being received are in OpenUpload.Receive.cs.

    /// <summary>An upload whose lease the caller has.</summary>
    /// <param name="context">What uploads work with.</param>
    /// <param name="state">What is known of the upload.</param>
    /// <param name="lease">The right to change it.</param>
    /// <param name="cache">
    /// Where the upload can be found; null if no other request can know of it.
    /// </param>
    internal OpenUpload(UploadContext context, UploadState state, UploadLease lease, OpenUploads? cache = null)
    {
        (_context, _state, _lease, _cache) = (context, state, lease, cache);
        (_reportedAt, _reported) = (context.Time.GetTimestamp(), state.Offset);
    }

    /// <summary>The upload's row.</summary>
    public UploadRow Row => _state.Row;

    /// <summary>Bytes that are here.</summary>
    public long Offset => _state.Offset;

    /// <summary>Bytes that are as durable as the deployment promises.</summary>
    public long SafeOffset => _state.SafeOffset;

    /// <summary>Whether the length is known and all bytes are here.</summary>
    public bool IsWhole => _state.IsWhole;

    /// <summary>
    /// The offset for the client that sends the upload. A promise of less ends: the client knows
    /// more.
    /// </summary>
    public long Tell() => _state.Tell();

    /// <summary>
    /// What the client that sends the upload may know, with the offset of <see cref="Tell"/>.
    /// </summary>
    public UploadStatus Status() => UploadStatus.Of(Row, _state.Tell());

    /// <summary>
    /// What a client that asks may know: it may go on at the offset that it is told.
    /// </summary>
    public UploadStatus Promise() => UploadStatus.Of(Row, _state.Promise());

    /// <summary>
    /// Sets the length of an upload that was created without one, and takes room for it in the job.
    /// Once set, it never changes.
    /// </summary>
    /// <returns>Null, or why not.</returns>
    public async Task<UploadRefusal?> SetLength(long length)
    {
        if (await TakeRoom(length) is { } limits)
            return new UploadRefusal(RefusalReason.JobFull) { Limits = limits };
        if (await _context.Rows.SetLength(Row.Fence, length) is not { } actual)
            return await Lost();
        _state.Row = Row with { Length = actual };
        return actual == length ? null : new UploadRefusal(RefusalReason.LengthChanged) { Length = actual };
    }

    /// <summary>Ends the upload without a media.</summary>
    /// <returns>False if it has ended otherwise meanwhile.</returns>
    public async Task<bool> Fail(UploadFailure failure)
    {
        var hasFailed = Row.IsPartial ? await ClosePart() : await FailInJob(failure);
        Forget();
        return hasFailed;
    }

    /// <summary>
    /// Ends the upload, if it has expired. An upload that has all its bytes never expires; a part
    /// does.
    /// </summary>
    /// <returns>Whether it has.</returns>
    public async Task<bool> EndIfExpired()
    {
        if ((IsWhole && !Row.IsPartial) || !await _context.Expiry.HasPassed(Row, holder: null))
            return false;
        return await Fail(s_expired);
    }

    /// <summary>
    /// Whether the upload's row is still there. A request that deletes a media does not wait for
    /// the holder of its upload.
    /// </summary>
    internal async Task<bool> IsStillOpen() =>
        (await _context.Rows.Find(Row.Job, Row.Media))?.Incoming == Row.Incoming;

    /// <inheritdoc/>
    public void Dispose()
    {
        _unverified?.Dispose();
        _lease.Dispose();
    }

    /// <summary>
    /// A write found another fence. Forgets what is known of the upload, and says why: it has
    /// ended, or another node has it.
    /// </summary>
    internal async Task<UploadRefusal> Lost()
    {
        Forget();
        return await IsStillOpen() ? OpenUploads.Locked : new UploadRefusal(RefusalReason.Ended);
    }

    /// <summary>What the client of an expired upload is told.</summary>
    internal static UploadRefusal Expired => new(RefusalReason.Expired) { Detail = s_expired.Message };

    /// <summary>
    /// A file that is here already is kept, whether or not there is room. A part takes none: only
    /// the whole does.
    /// </summary>
    private async Task<JobLimits?> TakeRoom(long length) => length > Offset && Row is { Length: null, IsPartial: false }
        ? await _context.Jobs.TakeRoom(Row.Job, Row.Media, length)
        : null;

    private async Task<bool> FailInJob(UploadFailure failure)
    {
        var command = new FailUpload
        {
            Media = Row.Media,
            Incoming = Row.Incoming,
            Failure = failure,
            Generation = Row.Generation,
        };
        return (await _context.Jobs.Fail(Row.Job, command)).Refusal == Refusal.None;
    }

    /// <summary>
    /// No job has heard of a part. The claim on its bytes goes first: a final or a media may still
    /// need them.
    /// </summary>
    private async Task<bool> ClosePart()
    {
        var isClosed = await _context.Rows.ClosePartial(Row.Fence);
        _context.Reclaimer.AddShared([Row.Incoming]);
        return isClosed;
    }

    /// <summary>
    /// The upload has ended, or the store failed. It is looked up anew after this, as after a
    /// restart: what could not be made durable does not count.
    /// </summary>
    private void Forget()
    {
        _state.DropHash();
        _cache?.Remove(_state);
    }
}

using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// When uploads expire: after <see cref="UploadOptions.Expiry"/> of running time without a byte,
/// but never before the server has run for a while, so that clients can come back that could not
/// while it was down.
/// </summary>
public sealed class UploadExpiry(IUploads rows, IRunningTime running, UploadOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_longestGrace = TimeSpan.FromHours(1);

    private const int RecordsPerExpiry = 4;

    private readonly TimeSpan _grace = options.Expiry < s_longestGrace ? options.Expiry : s_longestGrace;

    /// <summary>The running time.</summary>
    public TimeSpan Now => running.Now;

    /// <summary>The wall clock, and the monotonic one.</summary>
    public TimeProvider Time => time;

    /// <summary>
    /// While bytes come, that they do is recorded at least this often. So neither another request
    /// nor a restart takes the upload for an old one.
    /// </summary>
    public TimeSpan RecordInterval => _grace / RecordsPerExpiry;

    /// <summary>
    /// When an upload expires if no byte comes, by today's wall clock; null if it is complete.
    /// </summary>
    public DateTimeOffset? Of(UploadStatus status) => time.GetUtcNow() + Left(status);

    /// <summary>
    /// The running time that an upload has left if no byte comes; null if it is complete.
    /// </summary>
    public TimeSpan? Left(UploadStatus status) => status.LastByteAt is { } lastByteAt ? Left(lastByteAt) : null;

    /// <summary>
    /// Whether an upload may have expired, as far as its row tells. <see cref="HasPassed"/> knows
    /// for certain.
    /// </summary>
    public bool MayHavePassed(UploadRow row) => Left(row.LastByteAt) == TimeSpan.Zero;

    /// <summary>
    /// Whether no byte came for too long. An upload of a concatenation lives as long as those that
    /// it needs or that need it.
    /// </summary>
    internal async ValueTask<bool> HasPassed(UploadRow row, UploadLease? holder) =>
        MayHavePassed(row)
        && holder is not { IsMoving: true }
        && Left(await rows.LastByteAt(row)) == TimeSpan.Zero;

    private TimeSpan Left(TimeSpan lastByteAt)
    {
        var now = running.Now;
        var left = Later(lastByteAt + options.Expiry, running.Since + _grace) - now;
        return Later(left, TimeSpan.Zero);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

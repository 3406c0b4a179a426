using OrleansIngest.Gateway.Uploads.Sessions;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// When uploads end by themselves: after <see cref="IngestOptions.UploadExpiry"/> of running time without a byte, but never before
/// the server has run for a while, so that clients can come that could not while it did not run.
/// </summary>
internal sealed class UploadExpiry(IUploads uploads, IRunningTime running, IngestOptions options, TimeProvider time)
{
    private static readonly TimeSpan s_longestGrace = TimeSpan.FromHours(1);

    private const int RecordsPerExpiry = 4;

    private readonly TimeSpan _grace = options.UploadExpiry < s_longestGrace ? options.UploadExpiry : s_longestGrace;

    /// <summary>The running time.</summary>
    public TimeSpan Now => running.Now;

    /// <summary>While bytes come, it is recorded at least so often that they do: no other request, nor a restart, takes the upload for an old one.</summary>
    public TimeSpan RecordInterval => _grace / RecordsPerExpiry;

    /// <summary>When an upload ends if no byte comes, by the wall clock of now; null if it is complete.</summary>
    public DateTimeOffset? Of(UploadStatus status) => time.GetUtcNow() + Left(status);

    /// <summary>The running time that an upload has left if no byte comes; null if it is complete.</summary>
    public TimeSpan? Left(UploadStatus status) => status.LastByteAt is { } lastByteAt ? Left(lastByteAt) : null;

    /// <summary>Whether an upload may have expired, as far as its row tells: <see cref="HasPassed"/> knows.</summary>
    public bool MayHavePassed(UploadRow row) => Left(row.LastByteAt) == TimeSpan.Zero;

    /// <summary>Whether no byte came for too long, neither of the upload nor, in a concatenation, of what it waits for or waits for it.</summary>
    public async ValueTask<bool> HasPassed(UploadSession session) =>
        MayHavePassed(session.Row)
        && session.Holder is not { IsMoving: true }
        && Left(await uploads.LastByteAt(session.Row)) == TimeSpan.Zero;

    private TimeSpan Left(TimeSpan lastByteAt)
    {
        var now = running.Now;
        var left = Later(lastByteAt + options.UploadExpiry, running.Since + _grace) - now;
        return Later(left, TimeSpan.Zero);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

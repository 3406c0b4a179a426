using System.Collections.Concurrent;
using System.IO.Pipelines;

namespace OrleansIngest.Uploads;

/// <summary>
/// The bodies that are being received: for those that pause, and for the end of the process.
/// </summary>
/// <param name="silence">A body that is silent for longer is stopped.</param>
/// <param name="time">The clock.</param>
public sealed class ActiveBodies(TimeSpan silence, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<UploadLease, byte> _active = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Whether the server is stopping.</summary>
    public bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>
    /// Whether a body has no bytes. If its length was not said, only its first byte or its end
    /// tells; that is left to be read.
    /// </summary>
    /// <param name="body">The bytes.</param>
    /// <param name="length">How many bytes the request says there are, if it does.</param>
    /// <returns>
    /// <see cref="BodyEnd.Whole"/> if it has none, <see cref="BodyEnd.TooLong"/> if it has some; or
    /// how it broke.
    /// </returns>
    public async ValueTask<BodyEnd> ReadEnd(PipeReader body, long? length)
    {
        if (length is not null)
            return length == 0 ? BodyEnd.Whole : BodyEnd.TooLong;
        using var silent = new CancellationTokenSource(silence, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, _stopping.Token);
        return await RequestBody.ReadEnd(body, patience.Token);
    }

    /// <summary>
    /// Reports the progress of bodies that pause, and stops those that are silent for too long.
    /// </summary>
    public void LookAfterPaused()
    {
        foreach (var (lease, _) in _active)
        {
            lease.Report?.Invoke();
            if (lease.Silence > silence)
                lease.Stop();
        }
    }

    /// <summary>
    /// Stops all bodies, and those that begin from now on. What has come is kept.
    /// </summary>
    public void StopAll()
    {
        _stopping.Cancel();
        foreach (var (lease, _) in _active)
            lease.Stop();
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    /// <summary>What the client of a body is told that ended before all of it came.</summary>
    public UploadRefusal Refused(BodyEnd end) => new(
        end == BodyEnd.Stopped && IsStopping ? RefusalReason.Stopping : RefusalReason.Cut);

    internal void Add(UploadLease lease)
    {
        _active[lease] = 0;
        if (IsStopping)
            lease.Stop();
    }

    internal void Remove(UploadLease lease) => _active.TryRemove(lease, out _);
}

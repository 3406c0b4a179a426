using System.IO.Pipelines;

namespace OrleansIngest.Uploads;

/// <summary>
/// A request's right to change an upload, until it is disposed. Other requests use it to ask its
/// holder to stop, or to make durable what has come.
/// </summary>
/// <param name="gate">
/// The lock to release at the end; null if no other request can know of the upload.
/// </param>
/// <param name="start">The upload's offset when the lease began.</param>
/// <param name="time">The clock.</param>
internal sealed class UploadLease(UploadLock? gate, long start, TimeProvider time) : IDisposable
{
    /// <summary>After this time without a byte the holder's connection may be dead.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromMilliseconds(500);

    private const long NotWaiting = 0;

    // Both are made only when somebody waits, which is rare.
    private TaskCompletionSource? _released;
    private TaskCompletionSource? _published;
    private PipeReader? _body;
    private volatile bool _stopped;
    private long _waitsSince = NotWaiting;
    private TimeSpan _silentBefore;

    /// <summary>The offset at which the holder began, or to which it went back.</summary>
    public long Start { get; set; } = start;

    /// <summary>
    /// Tells the job's grain how far the upload is, if there is news. Called for bodies that pause.
    /// </summary>
    public Action? Report { get; set; }

    /// <summary>
    /// Ends when the holder released the upload. Only the lock calls it, before
    /// <see cref="UploadLock.Release"/>.
    /// </summary>
    public Task Released => (_released ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Whether a request waits for what has come to be durable.</summary>
    public bool IsAsked => Volatile.Read(ref _published) is not null;

    /// <summary>Whether the holder is asked to stop.</summary>
    public bool IsStopped => _stopped;

    /// <summary>
    /// How long the holder has waited for the next byte of its client. The time that the disk takes
    /// does not count.
    /// </summary>
    public TimeSpan Silence => Volatile.Read(ref _waitsSince) is var since and not NotWaiting
        ? _silentBefore + time.GetElapsedTime(since)
        : TimeSpan.Zero;

    /// <summary>
    /// Whether the silence is so long that the client may be back on another connection.
    /// </summary>
    public bool IsSilent => Silence >= s_silent;

    /// <summary>Whether bytes come that another request would stop.</summary>
    public bool IsMoving => Volatile.Read(ref _body) is not null && !IsStopped && !IsSilent;

    /// <summary>From now on the holder may wait for this body.</summary>
    public void Reads(PipeReader body)
    {
        Volatile.Write(ref _body, body);
        if (_stopped)
            Wake(body);
    }

    /// <summary>The holder waits for its client.</summary>
    public void Waits() => Volatile.Write(ref _waitsSince, time.GetTimestamp());

    /// <summary>The holder goes on.</summary>
    /// <param name="hasBytes">
    /// Whether bytes came. If not, another request woke the holder, and the client's silence goes
    /// on afterwards.
    /// </param>
    public void Moves(bool hasBytes = true)
    {
        _silentBefore = hasBytes ? TimeSpan.Zero : Silence;
        Volatile.Write(ref _waitsSince, NotWaiting);
    }

    /// <summary>
    /// Asks the holder to make durable what has come, and to go on. All requests that ask meanwhile
    /// share that. Only the lock calls it, before <see cref="UploadLock.Release"/>.
    /// </summary>
    /// <returns>Ends when that is done, or when the holder released the upload.</returns>
    public Task Publish()
    {
        var published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _published, published, null) is { } asked)
            return asked.Task;
        Wake(Volatile.Read(ref _body));
        return published.Task;
    }

    /// <summary>All that has come is durable now.</summary>
    public void WasPublished() => Interlocked.Exchange(ref _published, null)?.TrySetResult();

    /// <summary>Asks the holder to keep what has come and to release the upload.</summary>
    public void Stop()
    {
        _stopped = true;
        Wake(Volatile.Read(ref _body));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _body, null);
        gate?.Release(this);
        _released?.TrySetResult();
        WasPublished();
    }

    private static void Wake(PipeReader? body)
    {
        try
        {
            body?.CancelPendingRead();
        }
        catch (Exception e) when (RequestBody.IsCut(e))
        {
            // The body ended or broke meanwhile: the holder finds out by itself.
        }
    }
}

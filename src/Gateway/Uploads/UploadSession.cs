using System.Buffers;
using System.IO.Pipelines;
using OrleansIngest.Gateway.Digests;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// An open upload in this process: where it is, and who holds it. One request at a time may change it; a newcomer asks
/// the holder to stop, for a phone that comes back on a new connection must not wait for its old one to die.
/// </summary>
internal sealed class UploadSession(UploadRow row, long offset, TimeProvider time)
{
    private readonly Lock _lock = new();
    private TakeOvers? _takeOvers;
    private UploadHold? _holder;
    private long _offset = offset;
    private long _safe = offset;
    private bool _closed;

    /// <summary>The upload's row; its length may be set later.</summary>
    public UploadRow Row { get; private set; } = row;

    /// <summary>Bytes here. Only the holder moves it; anybody may look.</summary>
    public long Offset
    {
        get => Volatile.Read(ref _offset);
        set => Volatile.Write(ref _offset, value);
    }

    /// <summary>Bytes that are as durable as the deployment promises: what a client may be told. At most <see cref="Offset"/>.</summary>
    public long SafeOffset
    {
        get => Volatile.Read(ref _safe);
        set => Volatile.Write(ref _safe, value);
    }

    /// <summary>
    /// The SHA-256 of the first <see cref="Offset"/> bytes while it is known; only the holder may touch it. Nobody needs that of
    /// a partial upload, and that of a final is known when its parts are read.
    /// </summary>
    public RunningHash? Hash { get; set; } = offset == 0 && row.Concat.Length == 0 ? new RunningHash(row.DeclaredSha512 is not null) : null;

    /// <summary>Whether the client has said how long it is, and all of it is here. A final's bytes are those of its parts.</summary>
    public bool IsWhole => Row.Length == Offset && !Row.IsFinal;

    /// <summary>The request that holds it, if any.</summary>
    public UploadHold? Holder => Volatile.Read(ref _holder);

    /// <summary>What was written is here; what is safe of it never falls back.</summary>
    public void Count(IMediaWriter writer)
    {
        Offset = writer.Offset;
        SafeOffset = Math.Max(SafeOffset, writer.SafeOffset);
    }

    /// <summary>The length was set, or the expiry put off.</summary>
    public void Update(UploadRow row) => Row = row;

    /// <summary>A final has all of its parts: so many bytes, whose hash nobody knows yet.</summary>
    public void Join(long length)
    {
        Hash?.Dispose();
        Hash = null;
        Offset = SafeOffset = length;
    }

    /// <summary>
    /// Takes the upload, asking whoever holds it to stop first.
    /// </summary>
    /// <returns>Null if the session is closed: look the upload up again.</returns>
    /// <exception cref="TimeoutException">The holder did not let go, or moving holders were stopped too often lately.</exception>
    public async Task<UploadHold?> Take(TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            Task released;
            lock (_lock)
            {
                if (_closed)
                    return null;
                if (_holder is null)
                    return _holder = new UploadHold(this, time);
                var holder = _holder;
                if (holder.IsMoving && !(_takeOvers ??= new(time)).Allow())
                    throw new TimeoutException("This upload changes hands too often.");
                if (!holder.IsStopped)
                    UploadTelemetry.TakeOver();
                holder.Stop();
                released = holder.Released;
            }
            await released.WaitAsync(patience, cancellation);
        }
    }

    /// <summary>Ends the session if nobody holds it. It is looked up anew after that.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            if (_holder is not null)
                return false;
            Close();
            return true;
        }
    }

    /// <summary>The holder ends the session.</summary>
    public void Close()
    {
        _closed = true;
        Hash?.Dispose();
        Hash = null;
    }

    internal void Release(UploadHold hold)
    {
        lock (_lock)
        {
            if (_holder == hold)
                _holder = null;
        }
    }
}

/// <summary>The right to change an upload, until disposed.</summary>
internal sealed class UploadHold(UploadSession session, TimeProvider time) : IDisposable
{
    /// <summary>After so long without a byte a holder may be on a dead connection.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromMilliseconds(500);

    private const long NotWaiting = 0;

    private TaskCompletionSource? _released; // hardly anybody ever waits
    private PipeReader? _body;
    private Draft? _draft;
    private volatile bool _stopped;
    private long _waitsSince = NotWaiting;

    /// <summary>The upload.</summary>
    public UploadSession Session { get; } = session;

    /// <summary>Where the upload was when it was taken.</summary>
    public long Start { get; } = session.Offset;

    /// <summary>Passes on how far the upload is, if that is news.</summary>
    public Action? Report { get; set; }

    /// <summary>Ends when the holder let go. Only the session asks, under its lock and before <see cref="UploadSession.Release"/>.</summary>
    public Task Released => (_released ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Whether somebody wants the holder to let go.</summary>
    public bool IsStopped => _stopped;

    /// <summary>How long the holder has waited for the next byte of its client. Time that the disk takes is not its client's.</summary>
    public TimeSpan Silence => Volatile.Read(ref _waitsSince) is var since and not NotWaiting ? time.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Whether it is silent for so long that its client may be back on another connection.</summary>
    public bool IsSilent => Silence >= s_silent;

    /// <summary>Whether it receives bytes that another request would stop.</summary>
    public bool IsMoving => Volatile.Read(ref _body) is not null && !IsStopped && !IsSilent;

    /// <summary>The bytes that come from now on count when <see cref="Accept"/> has found them right.</summary>
    public void Expect(BodyDigest digest) => _draft = new Draft(digest, Session.Hash?.Clone());

    /// <summary>Bytes were written.</summary>
    public void Wrote(ReadOnlySequence<byte> bytes, IMediaWriter writer)
    {
        if (_draft is not null)
        {
            _draft.Append(bytes);
            return;
        }
        Session.Hash?.Append(bytes);
        Session.Count(writer);
    }

    /// <summary>All of the body was written: if it said what it hashes to, its bytes count now or never.</summary>
    /// <returns>Whether they count.</returns>
    public bool Accept(IMediaWriter writer)
    {
        if (_draft is null)
            return true;
        if (!_draft.IsRight())
            return false;
        Session.Hash?.Dispose();
        Session.Hash = _draft.TakeHash();
        Session.Count(writer);
        return true;
    }

    /// <summary>From now on the holder may wait for this body.</summary>
    public void Reads(PipeReader body)
    {
        Volatile.Write(ref _body, body);
        if (_stopped)
            Cancel(body);
    }

    /// <summary>Nothing is to be done until the client sends something.</summary>
    public void Waits() => Volatile.Write(ref _waitsSince, time.GetTimestamp());

    /// <summary>Bytes came.</summary>
    public void Moves() => Volatile.Write(ref _waitsSince, NotWaiting);

    /// <summary>Asks the holder to keep what it has and let go.</summary>
    public void Stop()
    {
        _stopped = true;
        Cancel(Volatile.Read(ref _body));
    }

    private static void Cancel(PipeReader? body)
    {
        try
        {
            body?.CancelPendingRead();
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            // The body ended or broke meanwhile: the holder finds out by itself.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _body, null);
        _draft?.Dispose();
        Session.Release(this);
        _released?.TrySetResult();
    }
}

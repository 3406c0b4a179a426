using System.Buffers;
using System.IO.Pipelines;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Sessions;

/// <summary>The right to change an upload, until disposed.</summary>
internal sealed class UploadHold(UploadSession session, TimeProvider time) : IDisposable
{
    /// <summary>After so long without a byte a holder may be on a dead connection.</summary>
    private static readonly TimeSpan s_silent = TimeSpan.FromMilliseconds(500);

    private const long NotWaiting = 0;

    private TaskCompletionSource? _released; // hardly anybody ever waits
    private TaskCompletionSource? _published; // nor asks
    private PipeReader? _body;
    private Draft? _draft;
    private volatile bool _stopped;
    private long _waitsSince = NotWaiting;
    private TimeSpan _silentBefore;

    /// <summary>The upload.</summary>
    public UploadSession Session { get; } = session;

    /// <summary>Where the upload was when it was taken, or went back to then.</summary>
    public long Start { get; private set; } = session.Offset;

    /// <summary>Passes on how far the upload is, if that is news.</summary>
    public Action? Report { get; set; }

    /// <summary>Ends when the holder let go. Only the session asks, under its lock and before <see cref="UploadSession.Release"/>.</summary>
    public Task Released => (_released ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Whether somebody waits for what is here to be safe.</summary>
    public bool IsAsked => Volatile.Read(ref _published) is not null;

    /// <summary>Whether somebody wants the holder to let go.</summary>
    public bool IsStopped => _stopped;

    /// <summary>How long the holder has waited for the next byte of its client. Time that the disk takes is not its client's.</summary>
    public TimeSpan Silence => Volatile.Read(ref _waitsSince) is var since and not NotWaiting
        ? _silentBefore + time.GetElapsedTime(since)
        : TimeSpan.Zero;

    /// <summary>Whether it is silent for so long that its client may be back on another connection.</summary>
    public bool IsSilent => Silence >= s_silent;

    /// <summary>Whether it receives bytes that another request would stop.</summary>
    public bool IsMoving => Volatile.Read(ref _body) is not null && !IsStopped && !IsSilent;

    /// <summary>As <see cref="UploadSession.TryGoBack"/>.</summary>
    public bool TryGoBack(long offset)
    {
        if (!Session.TryGoBack(offset))
            return false;
        Start = offset;
        return true;
    }

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

    /// <summary>There is something to do.</summary>
    /// <param name="hasBytes">Bytes came; otherwise somebody woke the holder, and its client's silence goes on
    /// afterwards.</param>
    public void Moves(bool hasBytes = true)
    {
        _silentBefore = hasBytes ? TimeSpan.Zero : Silence;
        Volatile.Write(ref _waitsSince, NotWaiting);
    }

    /// <summary>
    /// Asks the holder to make safe what is here, and to go on. All who ask meanwhile share that. Only the session
    /// asks, under its lock and before <see cref="UploadSession.Release"/>.
    /// </summary>
    /// <returns>Ends when it is safe, or the holder let go.</returns>
    public Task Publish()
    {
        var published = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _published, published, null) is { } asked)
            return asked.Task;
        Cancel(Volatile.Read(ref _body));
        return published.Task;
    }

    /// <summary>All that came is safe now.</summary>
    public void WasPublished() => Interlocked.Exchange(ref _published, null)?.TrySetResult();

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
        WasPublished();
    }
}

using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>How a call ends: once. Everything that a call holds is let go then.</summary>
internal sealed class CallEnd(GrpcChannel channel) : IDisposable
{
    // What a timer can wait: 49 days. Nobody sees a longer deadline pass.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly TaskCompletionSource<Metadata> _headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _caller;
    private Timer? _deadline;
    private HttpResponseMessage? _response;
    private (Status Status, Metadata Trailers)? _end;

    /// <summary>Cancelled when the call ends.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    public Task<Metadata> Headers => _headers.Task;

    public bool HasEnded
    {
        get { lock (_lock) return _end != null; }
    }

    public (Status Status, Metadata Trailers) Get()
    {
        lock (_lock) return _end ?? throw new InvalidOperationException("The call is not complete.");
    }

    /// <summary>From now on the call ends when its channel does, when its time is up, and when its caller cancels it.</summary>
    public void Watch(TimeSpan? left, CancellationToken caller)
    {
        channel.Add(this);
        if (left <= TimeSpan.Zero) Exceed();
        else if (left <= MaxWait) StartTimer(left.Value);
        _caller = CancelBy(caller);
        if (HasEnded) LetGo();
    }

    public CancellationTokenRegistration CancelBy(CancellationToken cancellation) => cancellation.UnsafeRegister(
        static end => ((CallEnd)end!).TrySet(new Status(StatusCode.Cancelled, "Call canceled by the client."), Metadata.Empty), this);

    /// <summary>Takes the response; false, and it is gone, if the call has ended meanwhile.</summary>
    public bool TryAttach(HttpResponseMessage response)
    {
        lock (_lock)
        {
            if (_end == null) _response = response;
        }

        if (_response == null) response.Dispose();
        else _headers.TrySetResult(CallResponse.ReadMetadata(response.Headers));
        return _response != null;
    }

    /// <summary>Ends the call, if nothing has before.</summary>
    public void TrySet(Status status, Metadata trailers)
    {
        lock (_lock)
        {
            if (_end != null) return;
            _end = (status, trailers);
        }

        // Read, because few ask for the headers and an exception that nobody reads is reported.
        if (_headers.TrySetException(new RpcException(status, trailers))) _ = _headers.Task.Exception;
        LetGo();
    }

    public void Dispose() => TrySet(new Status(StatusCode.Cancelled, "gRPC call disposed."), Metadata.Empty);

    private void LetGo()
    {
        channel.Remove(this);
        _caller.Unregister();
        _deadline?.Dispose();
        _cancelled.Cancel();
        _response?.Dispose();
    }

    private void Exceed() => TrySet(new Status(StatusCode.DeadlineExceeded, ""), Metadata.Empty);

    private void StartTimer(TimeSpan left)
    {
        _deadline = new Timer(static end => ((CallEnd)end!).Exceed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline.Change(left, Timeout.InfiniteTimeSpan);
    }
}

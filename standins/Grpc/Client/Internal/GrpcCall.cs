using Grpc.Core;

namespace Grpc.Net.Client.Internal;

/// <summary>A call, and the stream of its responses. Whatever ends it first (its status, a failure, a deadline, a cancellation)
/// decides its end.</summary>
internal sealed class GrpcCall<TRequest, TResponse>(GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options)
    : IAsyncStreamReader<TResponse>, IDisposable
    where TRequest : class
    where TResponse : class
{
    private readonly CallEnd _end = new(channel);
    private Task<MessageReader?> _started = null!;
    private Task _moving = Task.CompletedTask;
    private bool _disposed;

    public TResponse Current { get; private set; } = null!;

    public Task<Metadata> Headers => _end.Headers;

    public Status GetStatus() => _end.Get().Status;

    public Metadata GetTrailers() => _end.Get().Trailers;

    public void Start(TRequest request)
    {
        var left = CallRequest.TimeLeft(options.Deadline);
        _end.Watch(left, options.CancellationToken);
        _started = StartAsync(request, left);
    }

    public async Task<TResponse> ReadSingleAsync()
    {
        if (!await MoveNextAsync(default)) throw new RpcException(new Status(StatusCode.Internal, "Failed to deserialize response message."));
        var message = Current;
        if (await MoveNextAsync(default)) throw Fail(new InvalidDataException("Unexpected data after finished reading message."));
        return message;
    }

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_moving.IsCompleted) throw new InvalidOperationException("Can't read the next message because the previous read is still in progress.");
        var moving = MoveNextAsync(cancellationToken);
        _moving = moving;
        return moving;
    }

    public void Dispose()
    {
        _disposed = true;
        _end.Dispose();
    }

    private async Task<MessageReader?> StartAsync(TRequest request, TimeSpan? left)
    {
        try
        {
            using var message = CallRequest.Create(channel, method, options, left, request);
            var response = await SendAsync(message);
            if (!_end.TryAttach(response)) return null;
            if (CallResponse.EarlyStatus(response) is not { } status) return await MessageReader.CreateAsync(response, channel.Options.MaxReceiveMessageSize);
            _end.TrySet(status, CallResponse.ReadMetadata(response.Headers));
        }
        catch (Exception error)
        {
            Fail(error);
        }

        return null;
    }

    // A client reads the whole body first unless told otherwise; an invoker never does.
    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage message) => channel.Http is HttpClient client
        ? client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, _end.Cancelled)
        : channel.Http.SendAsync(message, _end.Cancelled);

    private async Task<bool> MoveNextAsync(CancellationToken cancellation)
    {
        await using var registration = _end.CancelBy(cancellation);
        try
        {
            if (await _started is { } reader && !_end.HasEnded && await ReadNextAsync(reader)) return true;
        }
        catch (Exception error)
        {
            throw Fail(error);
        }

        var (status, trailers) = _end.Get();
        return status.StatusCode == StatusCode.OK ? false : throw new RpcException(status, trailers);
    }

    private async ValueTask<bool> ReadNextAsync(MessageReader reader)
    {
        // A stream may be silent for long: it need not hold on to its last message.
        Current = null!;
        if (await reader.ReadAsync(method.ResponseMarshaller, _end.Cancelled) is { } message)
        {
            Current = message;
            return true;
        }

        var (status, trailers) = reader.End();
        _end.TrySet(status, trailers);
        return false;
    }

    private RpcException Fail(Exception error)
    {
        _end.TrySet(Failures.StatusOf(error, options.Deadline), Metadata.Empty);
        var (status, trailers) = _end.Get();
        return new RpcException(status, trailers);
    }
}

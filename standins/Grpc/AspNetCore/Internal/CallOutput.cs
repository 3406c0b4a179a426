using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The response of a call. The handler and its deadline both end it, so all that touches it happens under one lock.</summary>
internal sealed class CallOutput(HttpResponse response, int? maxMessageSize)
{
    private readonly Lock _lock = new();
    private readonly PipeWriter _body = response.BodyWriter;
    private readonly FrameWriter _frames = new(response.BodyWriter, maxMessageSize);
    private Task _write = Task.CompletedTask;

    /// <summary>Whether the status is set; nothing can be written any more.</summary>
    public bool Ended { get; private set; }

    /// <summary>Writes a message; with <paramref name="flush"/>, done when there is room for the next one.</summary>
    public Task WriteAsync<T>(T message, Marshaller<T> marshaller, bool flush, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (Ended) throw new OperationCanceledException("The deadline passed before the message was written.");
            if (!_write.IsCompleted) throw new InvalidOperationException("Can't write the message because the previous write is in progress.");
            return _write = WriteCoreAsync(message, marshaller, flush, cancellation);
        }
    }

    /// <summary>Sets the status, once; false if there is one.</summary>
    /// <exception cref="InvalidOperationException">A trailer is not valid in HTTP; there is no status yet.</exception>
    public bool TryEnd(Status status, Metadata? trailers)
    {
        lock (_lock)
        {
            if (Ended) return false;
            var destination = Protocol.TrailersOf(response);
            foreach (var trailer in trailers ?? Metadata.Empty) Protocol.Append(destination, trailer);
            Protocol.SetStatus(destination, status);
            return Ended = true;
        }
    }

    private async Task WriteCoreAsync<T>(T message, Marshaller<T> marshaller, bool flush, CancellationToken cancellation)
    {
        if (!response.HasStarted) await response.StartAsync(cancellation);
        _frames.Write(message, marshaller.ContextualSerializer);
        if (flush) await _body.FlushAsync(cancellation);
    }
}

using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>The responses of a call. Each is sent at once, and a write waits until there is room for the next.</summary>
internal sealed class StreamWriter<T>(HttpCallContext call, Marshaller<T> marshaller) : IServerStreamWriter<T>
    where T : class
{
    public WriteOptions? WriteOptions
    {
        get => call.WriteOptions;
        set => call.WriteOptions = value;
    }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);

        // Half a message can not be taken back: who cancels a write ends the call. (After the call its HttpContext may be another's.)
        await using var reset = call.Output.Ended ? default : cancellationToken.UnsafeRegister(static http => Protocol.Reset((HttpContext)http!), call.Http);
        cancellationToken.ThrowIfCancellationRequested();
        if (call.Output.Ended || call.Http.RequestAborted.IsCancellationRequested)
            throw new InvalidOperationException("Can't write the message because the request is complete.");

        var flush = WriteOptions?.Flags.HasFlag(WriteFlags.BufferHint) != true;
        await call.Output.WriteAsync(message, marshaller, flush, cancellationToken);

        // A flush on an aborted request may just return.
        if (call.CancellationToken.IsCancellationRequested) throw new OperationCanceledException("Request aborted while sending the message.");
        cancellationToken.ThrowIfCancellationRequested();
    }
}

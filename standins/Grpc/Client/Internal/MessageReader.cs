using System.IO.Pipelines;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Reads messages from a response, and at its end the status.</summary>
internal sealed class MessageReader
{
    private readonly HttpResponseMessage _response;
    private readonly PipeReader _body;
    private readonly string? _encoding;
    private readonly int? _maxMessageSize;

    private MessageReader(HttpResponseMessage response, Stream body, int? maxMessageSize)
    {
        (_response, _body, _maxMessageSize) = (response, PipeReader.Create(body), maxMessageSize);
        _encoding = response.Headers.NonValidated.TryGetValues("grpc-encoding", out var values) ? values.ToString() : null;
    }

    public static async Task<MessageReader> CreateAsync(HttpResponseMessage response, int? maxMessageSize) =>
        new(response, await response.Content.ReadAsStreamAsync(), maxMessageSize);

    /// <summary>The next message; null after the last one.</summary>
    public async ValueTask<T?> ReadAsync<T>(Marshaller<T> marshaller, CancellationToken cancellation)
        where T : class
    {
        while (true)
        {
            var read = await _body.ReadAsync(cancellation);
            var rest = read.Buffer;
            var examined = rest.End;
            try
            {
                if (FrameReader.TryRead(ref rest, _maxMessageSize) is { } frame)
                {
                    examined = rest.Start;
                    return frame.Refusal(_encoding) is { } refusal ? throw new RpcException(refusal) : marshaller.ContextualDeserializer(frame);
                }

                if (read.IsCompleted) return rest.IsEmpty ? null : throw new InvalidDataException("Unexpected end of content while reading the message.");
            }
            finally
            {
                _body.AdvanceTo(rest.Start, examined);
            }
        }
    }

    /// <summary>The status and trailers after the last message.</summary>
    public (Status Status, Metadata Trailers) End()
    {
        _body.Complete();
        var status = CallResponse.ReadStatus(_response.TrailingHeaders) ?? new Status(StatusCode.Cancelled, "No grpc-status found on response.");
        return (status, CallResponse.ReadMetadata(_response.TrailingHeaders));
    }
}

using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Turns a call into an HTTP request.</summary>
internal static class CallRequest
{
    private static readonly MediaTypeHeaderValue GrpcType = new(Wire.ContentType);

    public static TimeSpan? TimeLeft(DateTime? deadline)
    {
        if (deadline is not { } at || at == DateTime.MaxValue) return null;
        if (at.Kind != DateTimeKind.Utc && at != DateTime.MinValue)
            throw new InvalidOperationException("Deadline must have a kind DateTimeKind.Utc or be equal to DateTime.MaxValue or DateTime.MinValue.");
        return at - DateTime.UtcNow;
    }

    public static HttpRequestMessage Create<TRequest, TResponse>(
        GrpcChannel channel, Method<TRequest, TResponse> method, CallOptions options, TimeSpan? left, TRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, channel.AddressOf(method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Serialize(request, method.RequestMarshaller, channel.Options.MaxSendMessageSize),
        };
        AddHeaders(message.Headers, options.Headers, left);
        return message;
    }

    private static ReadOnlyMemoryContent Serialize<T>(T request, Marshaller<T> marshaller, int? maxMessageSize)
    {
        var buffer = new ArrayBufferWriter<byte>();
        new FrameWriter(buffer, maxMessageSize).Write(request, marshaller.ContextualSerializer);
        return new ReadOnlyMemoryContent(buffer.WrittenMemory) { Headers = { ContentType = GrpcType } };
    }

    private static void AddHeaders(HttpRequestHeaders headers, Metadata? metadata, TimeSpan? left)
    {
        headers.TryAddWithoutValidation("te", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", "identity");
        if (left != null) headers.TryAddWithoutValidation("grpc-timeout", Wire.EncodeTimeout(left.Value));
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            if (entry.Key != "grpc-timeout") headers.TryAddWithoutValidation(entry.Key, Wire.EncodeValue(entry));
        }
    }
}

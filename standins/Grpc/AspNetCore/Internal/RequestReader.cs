using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Reads a request that is exactly one message.</summary>
internal static class RequestReader
{
    public static async ValueTask<T> ReadAsync<T>(HttpContext http, Marshaller<T> marshaller, int? maxMessageSize, CancellationToken cancellation)
        where T : class
    {
        var body = http.Request.BodyReader;
        T? message = null;
        while (true)
        {
            var read = await body.ReadAsync(cancellation);
            var rest = read.Buffer;
            try
            {
                if (message == null && FrameReader.TryRead(ref rest, maxMessageSize) is { } frame) message = Deserialize(http, frame, marshaller);
                if (message != null && !rest.IsEmpty) throw Malformed("Additional data after the message received.");
                if (read.IsCompleted) return message ?? throw Malformed("Incomplete message.");
            }
            finally
            {
                body.AdvanceTo(rest.Start, rest.End);
            }
        }
    }

    private static T Deserialize<T>(HttpContext http, Frame frame, Marshaller<T> marshaller)
    {
        if (frame.Refusal(http.Request.Headers["grpc-encoding"]) is not { } refusal) return marshaller.ContextualDeserializer(frame);
        if (refusal.StatusCode == StatusCode.Unimplemented) http.Response.Headers["grpc-accept-encoding"] = "identity";
        throw new RpcException(refusal);
    }

    private static RpcException Malformed(string detail) => new(new Status(StatusCode.Internal, detail));
}

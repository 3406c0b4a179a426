using System.Buffers.Binary;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Calls over gRPC-Web, as a browser makes them.</summary>
internal static class GrpcWeb
{
    /// <summary>The flag of the frame that contains the trailers.</summary>
    public const byte Trailers = 0x80;

    /// <summary>Calls a method, and waits for the headers of the answer.</summary>
    /// <param name="client">A client with the server's address.</param>
    /// <param name="method">The service and method, such as <c>Jobs/GetJob</c>.</param>
    /// <param name="message">The request message.</param>
    public static async Task<HttpResponseMessage> Call(HttpClient client, string method, IMessage message)
    {
        var payload = message.ToByteArray();
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/ingest.v1.{method}")
        {
            Content = new ByteArrayContent(frame),
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        var answered = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var response = await Eventually.Comes("answer's headers", answered);
        Assert.StartsWith("application/grpc-web", response.Content.Headers.ContentType?.MediaType);
        return response;
    }

    /// <summary>Reads the next frame of an answer.</summary>
    public static async Task<(byte Flag, byte[] Payload)> Frame(Stream body)
    {
        var head = new byte[5];
        await body.ReadExactlyAsync(head).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await body.ReadExactlyAsync(payload);
        return (head[0], payload);
    }
}

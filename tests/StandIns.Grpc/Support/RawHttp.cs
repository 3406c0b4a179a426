using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace StandIns.Grpc.Tests.Support;

/// <summary>Requests as bytes, for what no client would send.</summary>
internal static class RawHttp
{
    public const byte TrailersFlag = 0x80;

    private static readonly HttpClient Http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero });

    /// <summary>A message with its prefix.</summary>
    public static byte[] Frame(IMessage message, byte flag = 0) => Frame(message.ToByteArray(), flag);

    public static byte[] Frame(byte[] payload, byte flag = 0)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = flag;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>The frames of a whole body.</summary>
    public static List<(byte Flag, byte[] Payload)> Frames(ReadOnlySpan<byte> body)
    {
        var frames = new List<(byte, byte[])>();
        while (!body.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(body[1..]);
            frames.Add((body[0], body.Slice(5, length).ToArray()));
            body = body[(5 + length)..];
        }

        return frames;
    }

    public static HttpRequestMessage Request(Uri server, string path, byte[] body, string? contentType = "application/grpc")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (contentType != null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return request;
    }

    /// <summary>Sends a request and waits for the headers of its response.</summary>
    public static Task<HttpResponseMessage> SendAsync(this HttpRequestMessage request) =>
        Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Bounded();

    public static Task<byte[]> BodyAsync(this HttpResponseMessage response) => response.Content.ReadAsByteArrayAsync().Bounded();

    public static string? Header(this HttpResponseMessage response, string name) => Single(response.Headers, name);

    public static string? Trailer(this HttpResponseMessage response, string name) => Single(response.TrailingHeaders, name);

    /// <summary>The status, wherever it is; the body is read for it.</summary>
    public static async Task<string?> GrpcStatusAsync(this HttpResponseMessage response)
    {
        await response.BodyAsync();
        return response.Header("grpc-status") ?? response.Trailer("grpc-status");
    }

    private static string? Single(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}

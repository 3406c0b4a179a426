using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// A call to a gRPC service without generated code; tests write and read its messages by hand.
/// </summary>
internal sealed class RawCall : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _messages;

    private RawCall(HttpResponseMessage response, Stream messages) => (_response, _messages) = (response, messages);

    /// <summary>Starts a call with one message.</summary>
    public static async Task<RawCall> Start(IngestServer server, string method, byte[] message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server.Grpc}/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, (byte)message.Length, .. message]),
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new RawCall(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Reads the next message of the answer; null after the last one.</summary>
    public async Task<byte[]?> Next()
    {
        var prefix = new byte[5];
        var read = _messages.ReadAtLeastAsync(prefix, prefix.Length, throwOnEndOfStream: false).AsTask();
        if (await Eventually.Comes("message", read) < prefix.Length)
            return null;
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await _messages.ReadExactlyAsync(message);
        return message;
    }

    public void Dispose() => _response.Dispose();
}

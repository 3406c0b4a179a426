using System.Net;

namespace StandIns.Grpc.Tests.Support;

/// <summary>A body that is sent byte by byte.</summary>
internal sealed class DribbleContent : HttpContent
{
    private readonly byte[] _bytes;

    public DribbleContent(byte[] bytes, string contentType)
    {
        _bytes = bytes;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (var at = 0; at < _bytes.Length; at++)
        {
            await stream.WriteAsync(_bytes.AsMemory(at, 1));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

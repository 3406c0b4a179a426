using System.Buffers.Binary;
using System.Net;

namespace OrleansIngest.LoadTests.Scenarios.Client;

/// <summary>
/// The bytes of an upload. They begin with a unique stamp, because otherwise the server would
/// rightly call the upload a duplicate. The rest is always the same noise, so a gigabyte takes no
/// memory and can be sent again from any point.
/// </summary>
/// <param name="number">A number that no other body of this run has.</param>
/// <param name="length">The length in bytes.</param>
internal sealed class Body(long number, long length)
{
    private const int StampLength = 24;

    private static readonly byte[] s_noise = Noise();
    private static readonly Guid s_run = Guid.NewGuid();

    /// <summary>The length in bytes.</summary>
    public long Length => length;

    /// <summary>A part of the body as the content of a request.</summary>
    public HttpContent Part(long from, long count) => new Content(this, from, count);

    /// <summary>Writes a part of the body.</summary>
    public async Task Write(long from, long count, Func<ReadOnlyMemory<byte>, Task> write)
    {
        for (var end = from + count; from < end;)
        {
            var piece = Piece(from, end - from);
            await write(piece);
            from += piece.Length;
        }
    }

    private ReadOnlyMemory<byte> Piece(long from, long count)
    {
        if (from < StampLength)
            return Stamp().AsMemory((int)from, (int)Math.Min(count, StampLength - from));
        var start = (int)(from % s_noise.Length);
        return s_noise.AsMemory(start, (int)Math.Min(count, s_noise.Length - start));
    }

    private byte[] Stamp()
    {
        var stamp = new byte[StampLength];
        s_run.TryWriteBytes(stamp);
        BinaryPrimitives.WriteInt64LittleEndian(stamp.AsSpan(16), number);
        return stamp;
    }

    private static byte[] Noise()
    {
        var noise = new byte[1 << 20];
        new Random(1).NextBytes(noise);
        return noise;
    }

    private sealed class Content : HttpContent
    {
        private readonly Body _body;
        private readonly long _from;
        private readonly long _count;

        public Content(Body body, long from, long count)
        {
            (_body, _from, _count) = (body, from, count);
            Headers.ContentType = new("application/offset+octet-stream");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            _body.Write(_from, _count, piece => stream.WriteAsync(piece).AsTask());

        protected override bool TryComputeLength(out long length)
        {
            length = _count;
            return true;
        }
    }
}

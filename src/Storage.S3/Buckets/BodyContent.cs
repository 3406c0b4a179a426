using System.Buffers;
using System.Net;
using System.Security.Cryptography;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>Sends a <see cref="Body"/>, and perhaps computes its MD5 on the way.</summary>
internal sealed class BodyContent(Body body, IObjectSource objects, bool hashes) : HttpContent
{
    private const int CopyLength = 64 << 10;

    private readonly IncrementalHash? _md5 = hashes ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;

    /// <summary>Compares the tag that the server gave with the MD5 of what was sent.</summary>
    /// <exception cref="WrongTagException">They differ.</exception>
    public void Check(string tag)
    {
        if (_md5 is not null && !tag.Equals(Convert.ToHexStringLower(_md5.GetHashAndReset()), StringComparison.Ordinal))
            throw new WrongTagException();
    }

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        foreach (var range in body.Stored)
            await Copy(range, stream, cancellationToken);
        foreach (var piece in body.Memory?.Pieces() ?? [])
            await Send(piece, stream, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _md5?.Dispose();
        base.Dispose(disposing);
    }

    private async Task Copy(ObjectRange range, Stream stream, CancellationToken cancellation)
    {
        await using var from = await objects.Open(range, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyLength);
        try
        {
            for (int count; (count = await from.ReadAsync(buffer, cancellation)) > 0;)
                await Send(buffer.AsMemory(0, count), stream, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ValueTask Send(ReadOnlyMemory<byte> bytes, Stream stream, CancellationToken cancellation)
    {
        _md5?.AppendData(bytes.Span);
        return stream.WriteAsync(bytes, cancellation);
    }
}

/// <summary>Opens ranges of objects.</summary>
internal interface IObjectSource
{
    /// <summary>Opens a range in one attempt.</summary>
    Task<Stream> Open(ObjectRange range, CancellationToken cancellation);
}

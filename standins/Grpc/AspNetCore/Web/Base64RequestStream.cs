using System.Buffers;
using System.Buffers.Text;

namespace Grpc.AspNetCore.Web.Internal;

/// <summary>Reads base64 as bytes: three of them for each four characters, however these arrive.</summary>
internal sealed class Base64RequestStream(Stream text) : Stream
{
    private const int Group = 4;
    private const int GroupBytes = 3;

    private readonly byte[] _rest = new byte[Group];
    private int _restLength;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var groups = Math.Max(1, buffer.Length / GroupBytes);
        var characters = ArrayPool<byte>.Shared.Rent(groups * Group);
        try
        {
            var length = await FillAsync(characters.AsMemory(0, groups * Group), cancellationToken);
            return Decode(characters.AsSpan(0, length), buffer.Span);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(characters);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Whole groups, at least one unless the text ends; what is left over waits for the next read.
    private async ValueTask<int> FillAsync(Memory<byte> characters, CancellationToken cancellation)
    {
        _rest.AsMemory(0, _restLength).CopyTo(characters);
        var length = _restLength;
        while (length < Group)
        {
            var read = await text.ReadAsync(characters[length..], cancellation);
            if (read == 0 && length > 0) throw new InvalidDataException("The base64 text of the request is incomplete.");
            if (read == 0) return 0;
            length += read;
        }

        _restLength = length % Group;
        characters.Slice(length - _restLength, _restLength).CopyTo(_rest);
        return length - _restLength;
    }

    private static int Decode(ReadOnlySpan<byte> characters, Span<byte> bytes) =>
        Base64.DecodeFromUtf8(characters, bytes, out _, out var written) == OperationStatus.Done
            ? written
            : throw new InvalidDataException("The request is not base64.");
}

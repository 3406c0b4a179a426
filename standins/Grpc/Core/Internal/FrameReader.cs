using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Core.Internal;

/// <summary>Finds messages in a buffer by their five-byte prefix (a flag, and the length).</summary>
internal static class FrameReader
{
    public const int PrefixSize = 5;

    /// <summary>Takes the next message off the front of <paramref name="buffer"/>; null if not all of it is there.</summary>
    /// <exception cref="RpcException">It is larger than allowed, which its prefix alone tells.</exception>
    /// <exception cref="InvalidDataException">This is not a message.</exception>
    public static Frame? TryRead(ref ReadOnlySequence<byte> buffer, int? maxMessageSize)
    {
        if (buffer.Length < PrefixSize) return null;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        buffer.Slice(0, PrefixSize).CopyTo(prefix);
        if (prefix[0] > 1) throw new InvalidDataException("Unexpected compressed flag value in message header.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > (maxMessageSize ?? int.MaxValue))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Received message exceeds the maximum configured message size."));
        if (buffer.Length < PrefixSize + length) return null;

        var payload = buffer.Slice(PrefixSize, length);
        buffer = buffer.Slice(payload.End);
        return new Frame(prefix[0] == 1, payload);
    }
}

/// <summary>A message in the transport's buffers.</summary>
internal sealed class Frame(bool compressed, ReadOnlySequence<byte> payload) : DeserializationContext
{
    public override int PayloadLength => (int)payload.Length;

    public override byte[] PayloadAsNewBuffer() => payload.ToArray();

    public override ReadOnlySequence<byte> PayloadAsReadOnlySequence() => payload;

    /// <summary>Why this side, which knows no compression, can not read it; null if it can.</summary>
    public Status? Refusal(string? encoding) => !compressed ? null : encoding switch
    {
        null => new Status(StatusCode.Internal, "The message is compressed and grpc-encoding is missing."),
        "identity" => new Status(StatusCode.Internal, "The message is compressed and grpc-encoding is 'identity'."),
        _ => new Status(StatusCode.Unimplemented, $"Unsupported grpc-encoding value '{encoding}'. Supported encodings: identity"),
    };
}

using System.Buffers;
using System.Buffers.Binary;

namespace Grpc.Core.Internal;

/// <summary>Writes messages with their five-byte prefix (a flag, and the length) straight into <paramref name="output"/>.</summary>
internal sealed class FrameWriter(IBufferWriter<byte> output, int? maxMessageSize) : SerializationContext
{
    private int? _length;
    private bool _prefixed;
    private ArrayBufferWriter<byte>? _unknownLength;

    /// <summary>Writes one message.</summary>
    /// <exception cref="RpcException">It is larger than allowed; nothing is written.</exception>
    public void Write<T>(T message, Action<T, SerializationContext> serialize)
    {
        (_length, _prefixed) = (null, false);
        serialize(message, this);
        if (!_prefixed) throw new InvalidOperationException("The marshaller did not complete its message.");
    }

    public override void SetPayloadLength(int payloadLength) => _length = payloadLength;

    public override IBufferWriter<byte> GetBufferWriter()
    {
        if (_length == null) return _unknownLength ??= new ArrayBufferWriter<byte>();
        if (!_prefixed) WritePrefix(_length.Value);
        return output;
    }

    public override void Complete()
    {
        if (_length != null) return;
        Complete((_unknownLength ??= new ArrayBufferWriter<byte>()).WrittenSpan);
        _unknownLength.ResetWrittenCount();
    }

    public override void Complete(byte[] payload) => Complete(payload.AsSpan());

    private void Complete(ReadOnlySpan<byte> payload)
    {
        WritePrefix(payload.Length);
        output.Write(payload);
    }

    private void WritePrefix(int length)
    {
        if (length > maxMessageSize)
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "Sending message exceeds the maximum configured message size."));
        var prefix = output.GetSpan(FrameReader.PrefixSize);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], length);
        output.Advance(FrameReader.PrefixSize);
        _prefixed = true;
    }
}

using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a marshaller writes one message: either <see cref="Complete(byte[])"/>, or <see cref="SetPayloadLength"/>,
/// <see cref="GetBufferWriter"/> and <see cref="Complete()"/>.</summary>
public abstract class SerializationContext
{
    /// <summary>The message is these bytes.</summary>
    public virtual void Complete(byte[] payload) => throw new NotSupportedException();

    /// <summary>Where to write the message, without copying it again.</summary>
    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotSupportedException();

    /// <summary>Says the message's length in bytes before the writer is asked for.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }

    /// <summary>All of the message is in the buffer writer.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}

/// <summary>Where a marshaller reads one message from.</summary>
public abstract class DeserializationContext
{
    /// <summary>The message's length in bytes.</summary>
    public abstract int PayloadLength { get; }

    /// <summary>The message, copied.</summary>
    public virtual byte[] PayloadAsNewBuffer() => throw new NotSupportedException();

    /// <summary>The message in the transport's buffers; valid until the marshaller returns.</summary>
    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotSupportedException();
}

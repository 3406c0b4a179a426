using System.Buffers;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Formats;

/// <summary>Lets bytes through to an upload as long as they can be a JPEG with metadata. Once they are, it costs nothing.</summary>
internal sealed class FormatGate : IMediaWriter
{
    private readonly IMediaWriter _writer;
    private byte[]? _head = new byte[JpegMetadata.HeadLength];
    private int _length;

    /// <summary>The gate before a writer.</summary>
    /// <param name="writer">Where bytes go.</param>
    /// <param name="before">What came before.</param>
    public FormatGate(IMediaWriter writer, ReadOnlyMemory<byte> before)
    {
        (_writer, _length) = (writer, before.Length);
        before.CopyTo(_head);
    }

    /// <inheritdoc/>
    public long Offset => _writer.Offset;

    /// <inheritdoc/>
    public long SafeOffset => _writer.SafeOffset;

    /// <inheritdoc/>
    /// <exception cref="Problems.ProblemException">The job does not take them; nothing of these is written.</exception>
    public ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default)
    {
        if (_head is not null)
            Look(bytes, _head);
        return _writer.Write(bytes, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask Sync(CancellationToken cancellation = default) => _writer.Sync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private void Look(ReadOnlySequence<byte> bytes, byte[] head)
    {
        var more = bytes.Slice(0, Math.Min(bytes.Length, head.Length - _length));
        more.CopyTo(head.AsSpan(_length));
        _length += (int)more.Length;
        var isJpeg = JpegMetadata.IsIn(head.AsSpan(0, _length));
        if (isJpeg == true)
            _head = null;
        else if (isJpeg == false || _length == head.Length)
            throw FormatRules.Refused();
    }
}

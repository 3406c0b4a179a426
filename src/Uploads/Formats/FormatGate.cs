using System.Buffers;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// Looks at bytes on their way in, as long as it is open whether they are a JPEG with metadata.
/// </summary>
/// <param name="before">The bytes that came before.</param>
internal sealed class FormatGate(ReadOnlySpan<byte> before)
{
    private byte[]? _head = Head(before);
    private int _length = before.Length;

    /// <summary>
    /// Whether bytes can be the next ones of such a file. Once it is certain that it is one, this
    /// costs nothing.
    /// </summary>
    public bool Admits(ReadOnlySequence<byte> bytes)
    {
        if (_head is null)
            return true;
        var more = bytes.Slice(0, Math.Min(bytes.Length, _head.Length - _length));
        more.CopyTo(_head.AsSpan(_length));
        _length += (int)more.Length;
        var isJpeg = JpegMetadata.IsIn(_head.AsSpan(0, _length));
        if (isJpeg is null)
            return _length < _head.Length;
        if (isJpeg == true)
            _head = null;
        return isJpeg.Value;
    }

    private static byte[] Head(ReadOnlySpan<byte> before)
    {
        var head = new byte[JpegMetadata.HeadLength];
        before.CopyTo(head);
        return head;
    }
}

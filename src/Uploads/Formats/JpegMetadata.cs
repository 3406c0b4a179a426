using System.Buffers.Binary;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// Whether a file is a JPEG that tells of itself: with EXIF or XMP among the segments before its
/// picture.
/// </summary>
internal static class JpegMetadata
{
    /// <summary>How many bytes are looked at. Cameras write EXIF first of all.</summary>
    public const int HeadLength = 64 * 1024;

    private const byte App1 = 0xE1;
    private const byte StartOfScan = 0xDA;

    private static readonly byte[] s_startOfImage = [0xFF, 0xD8];
    private static readonly byte[] s_fill = [0xFF, 0xFF];
    private static readonly byte[] s_exif = [.. "Exif\0\0"u8];
    private static readonly byte[] s_xmp = [.. "http://ns.adobe.com/xap/1.0/\0"u8];

    /// <summary>Whether a file that begins with these bytes is one.</summary>
    /// <returns>Null if that depends on what follows.</returns>
    public static bool? IsIn(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith(s_startOfImage.AsSpan(0, Math.Min(head.Length, s_startOfImage.Length))))
            return false;
        var at = s_startOfImage.Length;
        while (head.Length >= at + 4)
        {
            var segment = head[at..];
            if (segment.StartsWith(s_fill))
            {
                at++;
                continue;
            }
            var length = 2 + BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
            if (segment[0] != 0xFF || segment[1] == StartOfScan || length < 4)
                return false;
            if (segment[1] == App1 && IsMetadata(segment[4..Math.Min(length, segment.Length)]))
                return true;
            at += length;
        }
        return null;
    }

    private static bool IsMetadata(ReadOnlySpan<byte> content) =>
        content.StartsWith(s_exif) || content.StartsWith(s_xmp);
}

using System.Buffers.Binary;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// TIFF 6.0, and what cameras make of it: a directory of tags, in either order of bytes.
/// </summary>
internal static class TiffFile
{
    private const int HeaderSize = 8;
    private const int EntrySize = 12;
    private const ushort DngVersion = 50706;

    /// <summary>The type of a file that begins with these bytes; null if that is no TIFF.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> head)
    {
        var isLittleEndian = head.StartsWith("II*\0"u8);
        if (!isLittleEndian && !head.StartsWith("MM\0*"u8))
            return null;
        if (isLittleEndian && head.Length > HeaderSize && head[HeaderSize..].StartsWith("CR\x02"u8))
            return "image/x-canon-cr2";
        return HasTag(head, DngVersion, isLittleEndian) ? "image/x-adobe-dng" : "image/tiff";
    }

    /// <summary>Whether the first directory has a tag, as far as it can be seen.</summary>
    private static bool HasTag(ReadOnlySpan<byte> head, ushort tag, bool isLittleEndian)
    {
        if (head.Length < HeaderSize)
            return false;
        var directory = isLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(head[4..])
            : BinaryPrimitives.ReadUInt32BigEndian(head[4..]);
        if (directory > head.Length - sizeof(ushort))
            return false;
        var count = Short(head[(int)directory..], isLittleEndian);
        var entries = head[((int)directory + sizeof(ushort))..];
        for (; count > 0 && entries.Length >= EntrySize; count--, entries = entries[EntrySize..])
        {
            if (Short(entries, isLittleEndian) == tag)
                return true;
        }
        return false;
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, bool isLittleEndian) => isLittleEndian
        ? BinaryPrimitives.ReadUInt16LittleEndian(bytes)
        : BinaryPrimitives.ReadUInt16BigEndian(bytes);
}

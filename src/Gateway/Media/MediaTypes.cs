using System.Buffers.Binary;

namespace OrleansIngest.Gateway.Media;

/// <summary>Finds a media type from the bytes themselves. What a client claims is shown, and never trusted.</summary>
internal static class MediaTypes
{
    /// <summary>How many bytes are looked at.</summary>
    public const int HeadLength = 64;

    /// <summary>The type of everything that is not known.</summary>
    public const string Unknown = "application/octet-stream";

    private static readonly (int At, byte[] Magic, string Type)[] s_magics =
    [
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, [0x89, .. "PNG\r\n\x1A\n"u8], "image/png"),
        (0, [.. "GIF87a"u8], "image/gif"),
        (0, [.. "GIF89a"u8], "image/gif"),
        (8, [.. "WEBP"u8], "image/webp"),
        (0, [.. "II*\0"u8], "image/tiff"),
        (0, [.. "MM\0*"u8], "image/tiff"),
        (8, [.. "AVI "u8], "video/x-msvideo"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "video/webm"),
        (0, [0x00, 0x00, 0x01, 0xBA], "video/mpeg"),
    ];

    private static readonly Dictionary<string, string> s_brands = new(StringComparer.Ordinal)
    {
        ["heic"] = "image/heic",
        ["heix"] = "image/heic",
        ["hevc"] = "image/heic",
        ["heim"] = "image/heic",
        ["mif1"] = "image/heif",
        ["msf1"] = "image/heif",
        ["avif"] = "image/avif",
        ["avis"] = "image/avif",
        ["qt  "] = "video/quicktime",
        ["3gp4"] = "video/3gpp",
        ["3gp5"] = "video/3gpp",
        ["3gp6"] = "video/3gpp",
    };

    /// <summary>The type of a file that begins with these bytes.</summary>
    public static string Sniff(ReadOnlySpan<byte> head)
    {
        foreach (var (at, magic, type) in s_magics)
        {
            if (head.Length >= at + magic.Length && head.Slice(at, magic.Length).SequenceEqual(magic))
                return type is "image/webp" or "video/x-msvideo" && !head.StartsWith("RIFF"u8) ? Unknown : type;
        }
        return IsIsoMedia(head) ? SniffIsoMedia(head) : Unknown;
    }

    /// <summary>Whether a browser may show it in place: pictures and films, nothing that could carry a script.</summary>
    public static bool IsInline(string type) =>
        type.StartsWith("image/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal);

    /// <summary>ISO 14496-12: a box of type <c>ftyp</c>, or QuickTime's older first boxes.</summary>
    private static bool IsIsoMedia(ReadOnlySpan<byte> head) => head.Length >= 12
        && BinaryPrimitives.ReadUInt32BigEndian(head) >= 8
        && (head.Slice(4, 4).SequenceEqual("ftyp"u8) || head.Slice(4, 4).SequenceEqual("moov"u8) || head.Slice(4, 4).SequenceEqual("mdat"u8));

    private static string SniffIsoMedia(ReadOnlySpan<byte> head)
    {
        if (!head.Slice(4, 4).SequenceEqual("ftyp"u8))
            return "video/quicktime";
        var brand = System.Text.Encoding.ASCII.GetString(head.Slice(8, 4));
        return s_brands.GetValueOrDefault(brand, "video/mp4");
    }
}

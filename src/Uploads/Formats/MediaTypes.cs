using System.Buffers;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// Finds a media type from the bytes themselves. What a client claims is shown, and never trusted.
/// </summary>
public static class MediaTypes
{
    /// <summary>
    /// How many bytes are looked at, at most: a DNG names its version in its first directory.
    /// </summary>
    public const int HeadLength = 1024;

    /// <summary>The type of everything that is not known.</summary>
    public const string Unknown = "application/octet-stream";

    /// <summary>The first so many bytes of a picture or film are never all text.</summary>
    private const int NotText = 64;

    private static readonly byte[] s_riff = [.. "RIFF"u8];
    private static readonly byte[] s_ebml = [0x1A, 0x45, 0xDF, 0xA3];

    /// <summary>
    /// How files begin. The first row that fits counts. TIFF and boxes have rules of their own.
    /// </summary>
    private static readonly Beginning[] s_beginnings =
    [
        new("image/jpeg", [0xFF, 0xD8, 0xFF]),
        new("image/png", [0x89, .. "PNG\r\n\x1A\n"u8]),
        new("image/gif", [.. "GIF87a"u8]),
        new("image/gif", [.. "GIF89a"u8]),
        new("image/webp", s_riff) { At = 8, Then = [.. "WEBPVP8"u8] },
        new("video/x-msvideo", s_riff) { At = 8, Then = [.. "AVI "u8] },
        new("video/webm", s_ebml) { Then = [0x42, 0x82, 0x84, .. "webm"u8] },
        new("video/x-matroska", s_ebml), // the type of document that EBML means if none is said
        new("video/mpeg", [0x00, 0x00, 0x01, 0xBA]),
    ];

    /// <summary>
    /// Bytes that no text has: the "binary data bytes" of WHATWG's MIME Sniffing.
    /// </summary>
    private static readonly SearchValues<byte> s_binary = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (byte)code).Except("\t\n\f\r\x1B"u8.ToArray())]);

    /// <summary>The type of a file that begins with these bytes.</summary>
    public static string Sniff(ReadOnlySpan<byte> head)
    {
        if (!head[..Math.Min(head.Length, NotText)].ContainsAny(s_binary))
            return Unknown; // also a text whose first word is GIF89a or has mdat in it
        foreach (var beginning in s_beginnings)
        {
            if (beginning.Fits(head))
                return beginning.Type;
        }
        return TiffFile.TypeOf(head) ?? BoxFile.TypeOf(head) ?? Unknown;
    }

    /// <summary>
    /// Whether a browser may show it in place: pictures and films, nothing that could carry a
    /// script.
    /// </summary>
    public static bool IsInline(string type) =>
        (type.StartsWith("image/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal))
        && !type.EndsWith("+xml", StringComparison.Ordinal);

    /// <summary>How files of a type begin.</summary>
    private sealed record Beginning(string Type, byte[] First)
    {
        /// <summary>What follows, if that matters.</summary>
        public byte[] Then { get; init; } = [];

        /// <summary>Where it follows; null: anywhere.</summary>
        public int? At { get; init; }

        public bool Fits(ReadOnlySpan<byte> head) => head.StartsWith(First)
            && (At is { } at ? head[Math.Min(at, head.Length)..].StartsWith(Then) : head.IndexOf(Then) >= 0);
    }
}

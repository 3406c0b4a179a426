using System.Buffers.Binary;
using System.Text;

namespace OrleansIngest.Uploads.Formats;

/// <summary>
/// Files that are made of boxes: MP4, HEIC, AVIF, CR3 (ISO 14496-12) and QuickTime. Each box begins
/// with its length in bytes and four letters. <c>ftyp</c> names brands; older QuickTime has no such
/// box and begins with another.
/// </summary>
internal static class BoxFile
{
    private const string QuickTime = "video/quicktime";
    private const string Heif = "image/heif";

    private const int HeaderSize = 8;
    private const int MajorBrand = 8;
    private const int CompatibleBrands = 16;
    private const int BrandSize = 4;

    /// <summary>
    /// Longest <c>ftyp</c> box that is believed, in bytes. Real ones have less than 100.
    /// </summary>
    private const uint MaxBrandBox = 1024;

    /// <summary>
    /// Longest box without content that is believed, in bytes: its length begins with a zero.
    /// </summary>
    private const uint MaxFiller = (1 << 24) - 1;

    /// <summary>
    /// The type of a file that begins with these bytes; null if they are no boxes of a media.
    /// </summary>
    public static string? TypeOf(ReadOnlySpan<byte> head)
    {
        var at = 0;
        while (at + HeaderSize <= head.Length)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(head[at..]);
            var name = head.Slice(at + 4, 4);
            if (name.SequenceEqual("ftyp"u8))
                return OfBrands(head[at..], size);
            if (name.SequenceEqual("moov"u8) || name.SequenceEqual("mdat"u8))
                return QuickTime; // whatever the length of mdat: it can be 0 (up to the end) or 1 (64 bits follow)
            if (!IsFiller(name) || size is < HeaderSize or > MaxFiller)
                return null;
            at += (int)size;
        }
        // The boxes that were seen only keep room, as old QuickTime does before its first real one.
        return at == 0 ? null : QuickTime;
    }

    /// <summary>Whether a box only keeps room for others.</summary>
    private static bool IsFiller(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("wide"u8) || name.SequenceEqual("free"u8) || name.SequenceEqual("skip"u8);

    /// <summary>
    /// The major brand decides. With a general one of HEIF the compatible brands name the codec.
    /// </summary>
    private static string? OfBrands(ReadOnlySpan<byte> box, uint size)
    {
        if (size is < CompatibleBrands or > MaxBrandBox || box.Length < CompatibleBrands)
            return null;
        var type = OfBrand(box[MajorBrand..]);
        for (var at = CompatibleBrands; type == Heif && at + BrandSize <= Math.Min(size, box.Length); at += BrandSize)
        {
            if (OfBrand(box[at..]) is ("image/heic" or "image/avif") and var codec)
                return codec;
        }
        return type;
    }

    /// <summary>
    /// The table of brands (https://mp4ra.org). MP4 has the most, and every maker adds some.
    /// </summary>
    private static string OfBrand(ReadOnlySpan<byte> brand) => Encoding.Latin1.GetString(brand[..BrandSize]) switch
    {
        "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "hevm" or "hevs" => "image/heic",
        "avif" or "avis" => "image/avif",
        "mif1" or "mif2" or "msf1" or "miaf" => Heif,
        "crx " => "image/x-canon-cr3",
        "qt  " => QuickTime,
        "M4A " or "M4B " or "M4P " => "audio/mp4",
        ['3', 'g', '2', _] => "video/3gpp2",
        ['3', 'g', _, _] => "video/3gpp",
        _ => "video/mp4",
    };
}

using System.Buffers;
using System.Text;
using OrleansIngest.Uploads.Formats;
using OrleansIngest.Uploads.Blobs;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>
/// Beginnings of files. Those of ffmpeg (5.1), libvips (8.14), libheif (1.15), mkvtoolnix (74) and
/// exiftool (12.57) were made with Debian's packages of these names from <c>testsrc=size=64x64</c>.
/// </summary>
public sealed class MediaTypesTests
{
    public static TheoryData<string, string> Files => new()
    {
        // QuickTime.
        // ffmpeg -f mov
        { "00000014667479707174202000000200717420200000000877696465000010cb6d646174", "video/quicktime" },
        // ffmpeg +faststart
        { "0000001466747970717420200000020071742020000003406d6f6f760000006c6d766864", "video/quicktime" },
        // QuickTime before it had ftyp: those two without that box, and variants of it.
        // wide, mdat (ProRes)
        { "00000008776964650000590f6d646174000011ba6963706600940000666d7067", "video/quicktime" },
        // moov, mvhd
        { "000003406d6f6f760000006c6d766864000000000000000000000000000003e8", "video/quicktime" },
        // mdat of 22 KB
        { "0000590f6d646174000011ba6963706600940000666d706700400040c2000202", "video/quicktime" },
        // mdat with a length of 64 bits
        { "00000001" + "6d646174" + "0000000180000010" + "000011ba69637066", "video/quicktime" },
        // mdat up to the end: power was lost
        { "00000000" + "6d646174" + "000011ba6963706600940000666d7067", "video/quicktime" },
        // mdat of 1.2 GB: its length is text
        { "4a4b4c4d" + "6d646174" + "ffd8ffe000104a464946000101000001", "video/quicktime" },
        // skip, free, moov
        { "00000008" + "736b6970" + "000000086672656500000340" + "6d6f6f76", "video/quicktime" },
        // free of 4 KB: room for moov
        { "0000100066726565000000000000000000000000000000000000000000000000", "video/quicktime" },
        // MP4 and its brands.
        // ffmpeg
        { "0000001c6674797069736f6d0000020069736f6d69736f326d7034310000000866726565", "video/mp4" },
        // ffmpeg -brand mp42
        { "00000020667479706d703432000002006d70343269736f32617663316d70343100000008", "video/mp4" },
        // ffmpeg +frag_keyframe
        { "000000246674797069736f6d0000020069736f6d69736f3669736f32617663316d703431", "video/mp4" },
        // ffmpeg -f ipod
        { "0000001c667479704d345620000002004d34562069736f6d69736f320000000866726565", "video/mp4" },
        // Android's recorder: isom, 3gp4
        { "000000186674797069736f6d0000000069736f6d33677034", "video/mp4" },
        // a brand of one maker
        { "00000020667479704d534e56000000004d534e566d70343269736f6d", "video/mp4" },
        // ffmpeg -f 3gp
        { "000000206674797033677036000001003367703669736f6d69736f3261766331", "video/3gpp" },
        // ffmpeg -f 3g2
        { "000000206674797033673262000200003367326269736f6d69736f3261766331", "video/3gpp2" },
        // ffmpeg a.m4a
        { "0000001c667479704d344120000002004d34412069736f6d69736f320000000866726565", "audio/mp4" },
        // HEIF and its codecs.
        // IMG_5195.HEIC of ianare/exif-samples
        { "00000018667479706865696300000000686569636d69663100000baf6d657461", "image/heic" },
        // libheif
        { "0000001c6674797068656963000000006d696631686569636d696166000001426d657461", "image/heic" },
        // HEIF's brand first
        { "0000001c667479706d696631000000006d6966316d69616668656963000001426d657461", "image/heic" },
        // a sequence
        { "00000020667479706d736631000000006d736631686576636865696369736f38", "image/heic" },
        // ffmpeg
        { "00000020667479706176696600000000617669666d6966316d6961664d413141", "image/avif" },
        // libheif
        { "0000001c667479706176696600000000617669666d6966316d696166000000ea6d657461", "image/avif" },
        // ffmpeg, a sequence
        { "0000002c66747970617669730000000061766973617669666d73663169736f38", "image/avif" },
        // HEIF's brand first
        { "0000001c667479706d696631000000006d6966316d69616661766966000000ea6d657461", "image/avif" },
        // no codec that is known
        { "00000018667479706d696631000000006d6966316d696166000000ea6d657461", "image/heif" },
        // Raw files of cameras.
        // as Canon's R and M do
        { "000000186674797063727820000000016372782069736f6d00002d206d6f6f76", "image/x-canon-cr3" },
        // as Canon's older ones do
        { "49492a001000000043520200b4c30000", "image/x-canon-cr2" },
        // exiftool -DNGVersion=1.4.0.0 of ffmpeg's TIFF
        { Dng, "image/x-adobe-dng" },
        { "4d4d002a00000008" + "0002" + "00fe00040000000100000000" + "c61200010000000401040000", "image/x-adobe-dng" },
        // ffmpeg: the directory is at the end
        { "49492a0012270000e90015ff0000ff0000ff0000ff0000ff0000ff0000ff0000", "image/tiff" },
        { "4d4d002a00000008" + "0001" + "00fe00040000000100000000", "image/tiff" },
        // Others.
        // ffmpeg
        { "ffd8ffe000104a46494600010200000100010000fffe00104c61766335392e33", "image/jpeg" },
        // DSCN0010.jpg of ianare/exif-samples
        { "ffd8ffe12bfa45786966000049492a00080000000c000e010200200000009e00", "image/jpeg" },
        // ffmpeg
        { "89504e470d0a1a0a0000000d4948445200000040000000400802000000250be6", "image/png" },
        // ffmpeg
        { "47494638396140004000f71f310000002400004800006c0000900000b40000d8", "image/gif" },
        // ffmpeg
        { "524946462a03000057454250565038201e0300003016009d012a400040003e91", "image/webp" },
        // libvips
        { "52494646fe03000057454250565038580a000000080000003f00003f00005650", "image/webp" },
        // ffmpeg
        { "5249464658460000415649204c495354381200006864726c6176696838000000", "video/x-msvideo" },
        // ffmpeg
        { "1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878102", "video/webm" },
        // mkvtoolnix
        { "1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61", "video/x-matroska" },
        // ffmpeg -f mpeg
        { "000001ba2100010001c33367000001bb0009c333670021ffe0e0e6000001e007", "video/mpeg" },
        // ffmpeg -f vob
        { "000001ba4400040004018666cff8000001bb0009c333670021ffe0e0e6000001", "video/mpeg" },
    };

    public static TheoryData<string> Others =>
    [
        "", "\0", "\0\0\0", "\0\0\0\bwid", "II*", "RIFF", "\u001aE\u00df",
        // Texts, also in UTF-16 and UTF-32.
        "The mdat box of a film", "freemdat", "skipmoov", "abcdwide", "1234ftypisom 1234isom", "    mdat\r\n\t    moov",
        "GIF89a is older than I am", "RIFF and WEBPVP8", "RIFF and AVI LIST",
        "<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7\n",
        "\0m\0d\0a\0t\0m\0o\0o\0v", "\0\0\0m\0\0\0d\0\0\0a\0\0\0t",
        // Boxes that no film has, or of lengths that cannot be.
        "\0\0\0\u0008wide<html><script>", "\0\0\0\u0004widemdat\0\0\0\0", "\0\0\0\0free\0\0\0\0mdat",
        "\u0001\0\0\0free\0\0\0\0", "\0\0\0\u0008ftypisom", "\u0001\0\0\u0010ftypisom\0\0\0\0",
        "\0\0\0\u000cjP  \r\n\u0087\n", "\0\0\0\u0020junk\0\0\0\0",
        // Others in RIFF.
        "RIFF$\0\0\0WAVEfmt \u0010\0\0\0",
    ];

    private const string Dng =
        "49492a0008000000" + "1200" +
        "fe0004000100000000000000" + "000104000100000040000000" + "010104000100000040000000" +
        "0201030003000000e6000000" + "030103000100000005800000" + "060103000100000002000000" +
        "0f01020005000000ec000000" + "1001020007000000f2000000" + "1101040002000000fa000000" +
        "150103000100000003000000" + "16010400010000002a000000" + "170104000200000002010000" +
        "1a010500010000000a010000" + "1b0105000100000012010000" + "280103000100000002000000" +
        "310102000e0000001a010000" + "12c601000400000001040000";

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_what_it_begins_like(string beginning, string type) =>
        Assert.Equal(type, MediaTypes.Sniff(Convert.FromHexString(beginning)));

    [Theory]
    [MemberData(nameof(Others))]
    public void What_begins_otherwise_is_not_known(string beginning) =>
        Assert.Equal(MediaTypes.Unknown, MediaTypes.Sniff(Encoding.Latin1.GetBytes(beginning)));

    /// <summary>Bytes come in any portions, and more of them change nothing.</summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void It_does_not_matter_how_the_bytes_come(string beginning, string type)
    {
        var file = new byte[2 * MediaTypes.HeadLength];
        Convert.FromHexString(beginning).CopyTo(file, 0);
        foreach (var portion in new[] { 1, 7, MediaTypes.HeadLength - 1, MediaTypes.HeadLength, file.Length })
        {
            using var hash = new RunningHash();
            foreach (var bytes in file.Chunk(portion))
                hash.Append(new ReadOnlySequence<byte>(bytes));
            using var clone = hash.Clone();
            Assert.Equal((type, type), (hash.MediaType, clone.MediaType));
        }
    }

    [Fact]
    public void Nothing_that_is_shown_in_place_can_carry_a_script() => Assert.All(
        Files.Select(file => file.Data.Item2).Where(MediaTypes.IsInline),
        type => Assert.DoesNotMatch("svg|xml|html|script|pdf", type));

    [Theory]
    [InlineData("image/svg+xml", false)]
    [InlineData("audio/mp4", false)]
    [InlineData(MediaTypes.Unknown, false)]
    [InlineData("video/quicktime", true)]
    public void Pictures_and_films_are_shown_in_place(string type, bool isInline) =>
        Assert.Equal(isInline, MediaTypes.IsInline(type));
}

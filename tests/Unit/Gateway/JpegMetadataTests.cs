using FsCheck;
using FsCheck.Fluent;
using OrleansIngest.Uploads.Formats;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>Bytes come in any portions: a verdict on the first of them must hold for all.</summary>
public sealed class JpegMetadataTests
{
    private static readonly Gen<byte[]> s_segment =
        from marker in Gen.Elements<byte>(0xE0, 0xE1, 0xE1, 0xE2, 0xFE, 0xFF, 0xDA, 0xD9)
        from content in Gen.Elements<byte[]>(
            [], [.. "JFIF\0"u8], [.. "Exif\0\0II"u8], [.. "Exif"u8],
            [.. "http://ns.adobe.com/xap/1.0/\0<x/>"u8], new byte[300])
        select (byte[])[0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    private static readonly Gen<byte[]> s_files =
        from start in Gen.Elements<byte[]>([0xFF, 0xD8], [0xFF, 0xD8], [0xFF, 0xD8], [0x89, 0x50])
        from count in Gen.Choose(0, 5)
        from segments in s_segment.ArrayOf(count)
        select (byte[])[.. start, .. segments.SelectMany(segment => segment)];

    [Fact]
    public void A_verdict_on_a_beginning_is_the_verdict_on_the_file() => Always.Holds(s_files, file =>
    {
        bool? verdict = null;
        for (var length = 0; length <= file.Length; length++)
        {
            var next = JpegMetadata.IsIn(file.AsSpan(0, length));
            Assert.True(
                verdict is null || verdict == next,
                $"{verdict} and then {next} after {length} bytes of {Convert.ToHexString(file)}");
            verdict = next;
        }
    });

    [Fact]
    public void Any_bytes_at_all_have_a_verdict() => Always.Holds(
        from count in Gen.Choose(0, 200)
        from bytes in Gen.Elements<byte>(0x00, 0x01, 0x02, 0x45, 0xDA, 0xE1, 0xFF).ArrayOf(count)
        select (byte[])[0xFF, 0xD8, 0xFF, 0xE1, .. bytes],
        file => _ = JpegMetadata.IsIn(file));
}

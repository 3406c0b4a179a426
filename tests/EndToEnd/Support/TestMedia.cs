using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Any number of distinct real photos, and videos of any length. The same number always gives the
/// same file.
/// </summary>
internal static class TestMedia
{
    private static readonly byte[][] s_photos =
        [.. Directory.GetFiles(Paths.Media, "*.jpg").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>A photo of some 160 KB. Different numbers give different photos.</summary>
    public static byte[] Photo(int number)
    {
        var comment = Encoding.ASCII.GetBytes($"photo {number}");
        var photo = s_photos[number % s_photos.Length];
        // A JPEG is SOI followed by segments. An added comment segment (FFFE) makes another file
        // with the same picture.
        return [.. photo[..2], 0xFF, 0xFE, 0, (byte)(comment.Length + 2), .. comment, .. photo[2..]];
    }

    /// <summary>Bytes that are not a picture.</summary>
    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>
    /// An MP4 of exactly this length: a file type box, and a media data box that is unique to each
    /// video.
    /// </summary>
    public static void WriteVideo(string path, long length, int seed)
    {
        using var file = File.Create(path);
        byte[] type = [0, 0, 0, 16, .. "ftypisom"u8, 0, 0, 2, 0];
        var dataHeader = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(dataHeader, (int)(length - type.Length));
        "mdat"u8.CopyTo(dataHeader.AsSpan(4));
        file.Write(type);
        file.Write(dataHeader);
        var random = new Random(seed);
        var block = new byte[1 << 20];
        while (file.Position < length)
        {
            random.NextBytes(block);
            file.Write(block.AsSpan(0, (int)Math.Min(block.Length, length - file.Position)));
        }
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static async Task<string> Sha256(Stream stream) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream));
}

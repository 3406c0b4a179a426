using System.Security.Cryptography;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>
/// The bytes of all uploads: one buffer that is sent over and over, with a stamp in front so that
/// no two uploads are the same picture.
/// </summary>
public static class Content
{
    /// <summary>The most bytes that one call returns.</summary>
    public const int Largest = 8 << 20;

    /// <summary>The fewest bytes of an upload: a shorter one has no room for the stamp.</summary>
    public const int Smallest = StampLength;

    private const int StampLength = 16;

    private static readonly byte[] s_bytes = RandomNumberGenerator.GetBytes(Largest);

    /// <summary>The first bytes of a new upload.</summary>
    public static ArraySegment<byte>[] First(int length) =>
        [Guid.NewGuid().ToByteArray(), new(s_bytes, StampLength, length - StampLength)];

    /// <summary>The next bytes of an upload.</summary>
    public static ArraySegment<byte>[] Next(int length) => [new(s_bytes, 0, length)];

    /// <summary>Bytes for computations.</summary>
    public static ReadOnlySpan<byte> Of(int length) => s_bytes.AsSpan(0, length);
}

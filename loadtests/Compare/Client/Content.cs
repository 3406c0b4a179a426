using System.Security.Cryptography;

namespace OrleansIngest.LoadTests.Compare.Client;

/// <summary>The bytes of all uploads: one buffer, sent over and over, with a stamp in front so that no two uploads are the same picture.</summary>
internal static class Content
{
    private const int StampLength = 16;

    private static readonly byte[] s_bytes = RandomNumberGenerator.GetBytes(Workload.LargestChunk);

    /// <summary>The first so many bytes of a new upload.</summary>
    public static ArraySegment<byte>[] First(int length) =>
        [Guid.NewGuid().ToByteArray(), new(s_bytes, StampLength, length - StampLength)];

    /// <summary>The next so many bytes of an upload.</summary>
    public static ArraySegment<byte>[] Next(int length) => [new(s_bytes, 0, length)];

    /// <summary>So many bytes, to compute with.</summary>
    public static ReadOnlySpan<byte> Of(int length) => s_bytes.AsSpan(0, length);
}

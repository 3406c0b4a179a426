using System.Security.Cryptography;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Digests of bytes in the notation of each protocol.</summary>
internal static class Digests
{
    /// <summary>The value of tus <c>Upload-Checksum</c>.</summary>
    public static string Checksum(string algorithm, byte[] bytes) => $"{algorithm} {Base64(algorithm, bytes)}";

    /// <summary>The value of <c>Content-Digest</c> and <c>Repr-Digest</c>.</summary>
    public static string Field(string algorithm, byte[] bytes) => $"{algorithm}=:{Base64(algorithm, bytes)}:";

    public static string Base64(string algorithm, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(
            new HashAlgorithmName(algorithm.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()));
        hash.AppendData(bytes);
        return Convert.ToBase64String(hash.GetCurrentHash());
    }
}

using System.Security.Cryptography;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>A hash function and its name in a protocol.</summary>
/// <param name="Name">The name in the protocol's headers.</param>
/// <param name="Hash">The function.</param>
/// <param name="Size">The length of a digest in bytes.</param>
internal sealed record DigestAlgorithm(string Name, HashAlgorithmName Hash, int Size)
{
    /// <summary>
    /// Decodes a digest in padded Base64. Null if it is not Base64, or not of exactly
    /// <see cref="Size"/> bytes.
    /// </summary>
    public byte[]? TryDecode(ReadOnlySpan<char> base64)
    {
        // The length is checked first: the decoder would accept white space.
        if (base64.Length != (Size + 2) / 3 * 4)
            return null;
        var bytes = new byte[Size];
        return Convert.TryFromBase64Chars(base64, bytes, out var length) && length == Size ? bytes : null;
    }
}

/// <summary>A digest: computed, or promised by a client.</summary>
/// <param name="Algorithm">The hash function.</param>
/// <param name="Value">The digest, <see cref="DigestAlgorithm.Size"/> bytes.</param>
internal readonly record struct Digest(DigestAlgorithm Algorithm, byte[] Value);

using System.Security.Cryptography;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>A hash function, by the name that a protocol has for it.</summary>
/// <param name="Name">The name in the protocol's headers.</param>
/// <param name="Hash">The function.</param>
/// <param name="Size">Bytes of a digest.</param>
internal sealed record DigestAlgorithm(string Name, HashAlgorithmName Hash, int Size)
{
    /// <summary>Reads a digest in Base64, which has exactly the length that it must have.</summary>
    public byte[]? TryDecode(ReadOnlySpan<char> base64)
    {
        var bytes = new byte[Size];
        return base64.Length == (Size + 2) / 3 * 4 && Convert.TryFromBase64Chars(base64, bytes, out var length) && length == Size ? bytes : null;
    }
}

/// <summary>What bytes hash to, or should.</summary>
/// <param name="Algorithm">The hash function.</param>
/// <param name="Value">As many bytes as that gives.</param>
internal readonly record struct Digest(DigestAlgorithm Algorithm, byte[] Value);

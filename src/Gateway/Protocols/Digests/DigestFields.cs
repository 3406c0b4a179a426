using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Protocols.Digests;

/// <summary>
/// The digest fields of RFC 9530: Dictionaries (RFC 9651) such as <c>sha-256=:Base64:</c>. Unknown
/// algorithms are ignored, as RFC 9530 requires.
/// </summary>
internal static class DigestFields
{
    public static readonly DigestAlgorithm Sha256 = new("sha-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    public static readonly DigestAlgorithm Sha512 = new("sha-512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    private static readonly DigestAlgorithm[] s_algorithms = [Sha256, Sha512];

    /// <summary><c>Content-Digest</c>: the digest of the body of one request.</summary>
    public static readonly DigestHeader ContentDigest = Header("Content-Digest", ProblemKind.DigestMismatch);

    /// <summary><c>Repr-Digest</c>: the digest of the whole file.</summary>
    public static readonly DigestHeader ReprDigest = Header("Repr-Digest", ProblemKind.HashMismatch);

    /// <summary>Serializes a SHA-256 as the value of a digest field.</summary>
    public static string Format(Sha256Hash hash)
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        hash.CopyTo(bytes);
        return Format(Sha256, bytes);
    }

    /// <summary>Serializes a digest as the value of a digest field.</summary>
    public static string Format(DigestAlgorithm algorithm, ReadOnlySpan<byte> digest)
    {
        Span<char> base64 = stackalloc char[128];
        Convert.TryToBase64Chars(digest, base64, out var length);
        return $"{algorithm.Name}=:{base64[..length]}:";
    }

    /// <summary>
    /// The preference for an algorithm in a field such as <c>Want-Repr-Digest: sha-512=3</c> (RFC
    /// 9530, section 4). 0, which means "not acceptable", if the algorithm is missing or the
    /// field is malformed.
    /// </summary>
    public static int Weight(StringValues lines, DigestAlgorithm algorithm)
    {
        var member = StructuredField.Dictionary(lines)?.GetValueOrDefault(algorithm.Name);
        return int.TryParse(member, out var weight) ? weight : 0;
    }

    private static DigestHeader Header(string name, ProblemKind mismatch)
    {
        DigestHeader header = null!; // the parser refers to the header that it belongs to
        return header = new DigestHeader(name, s_algorithms, lines => Parse(header, lines), mismatch);
    }

    private static List<Digest> Parse(DigestHeader header, StringValues lines)
    {
        var members = StructuredField.Dictionary(lines)
            ?? throw header.Invalid("is a dictionary of algorithms, such as sha-256=:Base64:.");
        return
        [
            .. from algorithm in s_algorithms
               where members.ContainsKey(algorithm.Name)
               select new Digest(algorithm, Decode(header, algorithm, members[algorithm.Name])),
        ];
    }

    private static byte[] Decode(DigestHeader header, DigestAlgorithm algorithm, string member)
    {
        if (StructuredField.Bytes(member) is { } bytes && bytes.Length == algorithm.Size)
            return bytes;
        throw header.Invalid($"has a {algorithm.Name} that is not {algorithm.Size} bytes in Base64 between colons.");
    }
}

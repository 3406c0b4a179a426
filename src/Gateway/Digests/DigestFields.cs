using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Digests;

/// <summary>
/// How the digest fields of RFC 9530 are written: dictionaries of structured fields (RFC 9651), such as <c>sha-256=:Base64:</c>.
/// Algorithms that are not known are passed over, as that RFC says.
/// </summary>
internal static partial class DigestFields
{
    public static readonly DigestAlgorithm Sha256 = new("sha-256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);

    public static readonly DigestAlgorithm Sha512 = new("sha-512", HashAlgorithmName.SHA512, SHA512.HashSizeInBytes);

    private static readonly DigestAlgorithm[] s_algorithms = [Sha256, Sha512];

    /// <summary>The digest of one request's body.</summary>
    public static readonly DigestHeader ContentDigest = Header("Content-Digest", ProblemKind.DigestMismatch);

    /// <summary>The digest of the whole file.</summary>
    public static readonly DigestHeader ReprDigest = Header("Repr-Digest", ProblemKind.HashMismatch);

    /// <summary>A SHA-256 as such a field.</summary>
    public static string Format(Sha256Hash hash)
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        hash.CopyTo(bytes);
        return Format(Sha256, bytes);
    }

    /// <summary>A digest as such a field.</summary>
    public static string Format(DigestAlgorithm algorithm, ReadOnlySpan<byte> digest)
    {
        Span<char> base64 = stackalloc char[128];
        Convert.TryToBase64Chars(digest, base64, out var length);
        return $"{algorithm.Name}=:{base64[..length]}:";
    }

    /// <summary>How much each algorithm is wanted, in a field such as <c>Want-Repr-Digest: sha-512=3</c>; one that is malformed wants nothing.</summary>
    public static int Weight(StringValues values, DigestAlgorithm algorithm) =>
        Members(values) is { } members && int.TryParse(members.GetValueOrDefault(algorithm.Name), out var weight) ? weight : 0;

    private static DigestHeader Header(string name, ProblemKind mismatch)
    {
        DigestHeader header = null!;
        return header = new DigestHeader(name, s_algorithms, values => Parse(header, values), mismatch);
    }

    private static List<Digest> Parse(DigestHeader header, StringValues values)
    {
        var members = Members(values) ?? throw header.Invalid("is a dictionary of algorithms, such as sha-256=:Base64:.");
        return
        [
            .. from algorithm in s_algorithms
               where members.ContainsKey(algorithm.Name)
               select new Digest(algorithm, Decode(header, algorithm, members[algorithm.Name])),
        ];
    }

    private static byte[] Decode(DigestHeader header, DigestAlgorithm algorithm, string item) =>
        (item is [':', .. var base64, ':'] ? algorithm.TryDecode(base64) : null)
        ?? throw header.Invalid($"has a {algorithm.Name} that is not {algorithm.Size} bytes in Base64 between colons.");

    /// <summary>The members without their parameters, the last one of a name; null if the field is malformed.</summary>
    private static Dictionary<string, string>? Members(StringValues values)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in values.ToString().Split(',', StringSplitOptions.TrimEntries))
        {
            if (Member().Match(text) is not { Success: true } member)
                return null;
            members[member.Groups["key"].Value] = member.Groups["item"].Value;
        }
        return members;
    }

    // Neither a digest nor a weight has a comma or a semicolon in it.
    [GeneratedRegex(@"^(?<key>[a-z*][a-z0-9_.*-]*)(=(?<item>[^;]*))?(;.*)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Member();
}

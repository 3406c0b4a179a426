using System.Security.Cryptography;
using Microsoft.Extensions.Primitives;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>
/// Reads <c>Upload-Checksum: algorithm base64</c> (tus 1.0.0, extensions checksum and
/// checksum-trailer).
/// </summary>
internal static class TusChecksum
{
    // tus requires sha1. Names are lower case.
    private static readonly DigestAlgorithm[] s_algorithms =
    [
        new("sha1", HashAlgorithmName.SHA1, SHA1.HashSizeInBytes),
        new("sha256", HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
        new("md5", HashAlgorithmName.MD5, MD5.HashSizeInBytes),
    ];

    /// <summary>The header, which may also be a trailer.</summary>
    public static readonly DigestHeader Header =
        new(TusHeaders.UploadChecksum, s_algorithms, Parse, ProblemKind.ChecksumMismatch);

    /// <summary>The value of <see cref="TusHeaders.ChecksumAlgorithm"/>.</summary>
    public static readonly string Algorithms = string.Join(',', s_algorithms.Select(algorithm => algorithm.Name));

    private static IReadOnlyList<Digest> Parse(StringValues values)
    {
        if (values is not [{ } text] || text.Split(' ') is not [var name, var base64])
            throw Header.Invalid("is an algorithm and, after a space, the checksum in Base64.");
        var algorithm = s_algorithms.FirstOrDefault(known => known.Name == name)
            ?? throw Header.Invalid($"names an algorithm that is none of {Algorithms}.");
        return algorithm.TryDecode(base64) is { } value
            ? [new Digest(algorithm, value)]
            : throw Header.Invalid($"has no {algorithm.Size} bytes in Base64.");
    }
}

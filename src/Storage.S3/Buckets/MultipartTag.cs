using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// The entity tag of an object that was put together: the MD5 of the parts' MD5s, and their number.
/// Servers that make tags otherwise are not judged.
/// </summary>
internal static class MultipartTag
{
    private const int Md5Digits = 32;

    /// <summary>Whether an object with this tag can be made of these parts.</summary>
    public static bool MayBeOf(string tag, IReadOnlyList<SentPart> parts) =>
        !IsComposed(tag) || !parts.All(part => IsMd5(part.Tag)) || tag == Of(parts);

    [SuppressMessage("Security", "CA5351:Broken cryptographic algorithm", Justification = "The protocol wants it.")]
    private static string Of(IReadOnlyList<SentPart> parts)
    {
        byte[] all = [.. parts.SelectMany(part => Convert.FromHexString(part.Tag))];
        return string.Create(
            CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(MD5.HashData(all))}-{parts.Count}");
    }

    private static bool IsComposed(string tag) =>
        tag.Length > Md5Digits + 1 && tag[Md5Digits] == '-' && IsMd5(tag[..Md5Digits]);

    private static bool IsMd5(string tag) => tag.Length == Md5Digits && tag.All(char.IsAsciiHexDigitLower);
}

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// The keys of a store's objects: <c>{prefix}{2 digits}/{uuid}</c> for a blob, and
/// <c>{prefix}{2 digits}/{uuid}.{generation}.{offset}.{length}</c> for its tails. The two digits
/// are the last ones of the UUID, which are random, so that keys spread over the bucket. With
/// <c>.ranges</c> behind it, the key is that of <see cref="SurplusParts"/>.
/// </summary>
internal sealed class BlobKeys(string prefix)
{
    private const int DigitsLength = 2;
    private const int UuidLength = 32;
    private const int KeyLength = DigitsLength + 1 + UuidLength;
    private const char TailMark = '.';
    private const string RangesName = "ranges";

    /// <summary>What all keys begin with.</summary>
    public string Prefix => prefix;

    /// <summary>The key of a blob.</summary>
    public string Of(Guid blob)
    {
        var uuid = blob.ToString("N");
        return $"{prefix}{uuid[^DigitsLength..]}/{uuid}";
    }

    /// <summary>The key of a tail of a blob.</summary>
    public string Of(Guid blob, Tail tail) => $"{BesideOf(blob)}{tail}";

    /// <summary>What the keys of everything beside the object of a blob begin with.</summary>
    public string BesideOf(Guid blob) => Of(blob) + TailMark;

    /// <summary>The key of the ranges that <see cref="SurplusParts"/> writes.</summary>
    public string RangesOf(Guid blob) => BesideOf(blob) + RangesName;

    /// <summary>
    /// The blob that an object belongs to; null if the store did not make the object.
    /// </summary>
    public Guid? BlobOf(string key)
    {
        var own = key.AsSpan(key.StartsWith(prefix, StringComparison.Ordinal) ? prefix.Length : key.Length);
        return own.Length >= KeyLength
            && Guid.TryParseExact(own[(DigitsLength + 1)..KeyLength], "N", out var blob)
            && key.AsSpan(0, prefix.Length + KeyLength).SequenceEqual(Of(blob))
            && (own.Length == KeyLength || (own[KeyLength] == TailMark && IsBeside(own[(KeyLength + 1)..])))
            ? blob
            : null;
    }

    private static bool IsBeside(ReadOnlySpan<char> name) => name is RangesName || Tail.TryParse(name, out _);
}

using System.Buffers;

namespace OrleansIngest.Grains;

/// <summary>The rule for the keys of jobs and devices.</summary>
public static class Key
{
    /// <summary>Longest key, in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>1-64 of <c>A-Z a-z 0-9 . _ -</c>, the first one a letter or digit.</summary>
    public static bool IsValid(ReadOnlySpan<char> key) =>
        key.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(key[0])
        && !key.ContainsAnyExcept(s_allowed);
}

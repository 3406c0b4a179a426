using System.Buffers;

namespace OrleansIngest.Grains;

/// <summary>The syntax of job and device keys.</summary>
public static class Key
{
    /// <summary>The maximum length of a key in characters.</summary>
    public const int MaxLength = 64;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>
    /// Whether a key is valid: 1 to 64 characters of <c>A-Z a-z 0-9 . _ -</c>, beginning with a
    /// letter or digit.
    /// </summary>
    public static bool IsValid(ReadOnlySpan<char> key) =>
        key.Length is > 0 and <= MaxLength
        && char.IsAsciiLetterOrDigit(key[0])
        && !key.ContainsAnyExcept(s_allowed);
}

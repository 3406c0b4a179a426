using System.Buffers;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Disk.Segments;

namespace OrleansIngest.Storage.Disk;

/// <summary>
/// The names of places: 32 lower-case hexadecimal digits, of which the first say when it was made, so that an index of
/// places grows at its end, and the last are random. Nothing else ever becomes part of a path.
/// </summary>
internal static class Place
{
    /// <summary>Digits of a name.</summary>
    public const int Length = 32;

    /// <summary>What names are made of.</summary>
    public static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    public static string New() => Guid.CreateVersion7().ToString("N");

    /// <summary>Sees to it that a caller's string is the name of a place.</summary>
    /// <exception cref="ArgumentException">It is not a name that <see cref="New"/> makes.</exception>
    public static void Check(string place)
    {
        if (!IsName(place))
            throw new ArgumentException("This is not a place of the disk store.", nameof(place));
    }

    /// <summary>Whether it looks like the location of finished bytes.</summary>
    public static bool IsLocation(string text) => IsPlace(text) || Extent.TryParse(text, out _);

    /// <summary>Whether it looks like a place that an upload receives bytes at, or is made of such.</summary>
    public static bool IsPlace(string text) =>
        JoinedPlace.TryParse(text) is { } joined ? joined.Parts.All(part => IsName(part)) : IsName(text);

    /// <summary>Whether it looks like a name that <see cref="New"/> makes.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => text.Length == Length && !text.ContainsAnyExcept(Digits);
}

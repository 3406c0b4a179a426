using System.Globalization;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>
/// A range of a segment: the place and the location of bytes that share a file with others. Written as
/// <c>segment-offset-length</c>, the numbers as eight hexadecimal digits, so that locations sort as the bytes lie.
/// </summary>
/// <param name="Segment">The file's name, which is made like the name of a place.</param>
/// <param name="Offset">Where it begins: a multiple of <see cref="Block"/>.</param>
/// <param name="Length">Bytes in it, at least one.</param>
internal readonly record struct Extent(string Segment, long Offset, long Length)
{
    /// <summary>
    /// What file systems allocate in. No two extents share a block: so none is written together with a neighbour that is
    /// durable already, and a freed one is whole blocks.
    /// </summary>
    public const long Block = 4096;

    private const int NumberLength = 8;
    private const int OffsetAt = Place.Length + 1;
    private const int LengthAt = OffsetAt + NumberLength + 1;
    private const int TextLength = LengthAt + NumberLength;

    /// <summary>Where the next one may begin.</summary>
    public long End => (Offset + Length + Block - 1) / Block * Block;

    /// <summary>Reads what <see cref="ToString"/> wrote, and nothing else.</summary>
    public static bool TryParse(string text, out Extent extent)
    {
        extent = default;
        if (text.Length != TextLength || text[OffsetAt - 1] != '-' || text[LengthAt - 1] != '-')
            return false;
        if (!Place.IsName(text.AsSpan(0, Place.Length)) || !TryNumber(text, OffsetAt, out var offset) || !TryNumber(text, LengthAt, out var length))
            return false;
        extent = new Extent(text[..Place.Length], offset, length);
        return offset % Block == 0 && length > 0;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Segment}-{Offset:x8}-{Length:x8}");

    private static bool TryNumber(string text, int at, out long number)
    {
        var digits = text.AsSpan(at, NumberLength);
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && !digits.ContainsAnyExcept(Place.Digits);
    }
}

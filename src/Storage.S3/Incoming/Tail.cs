using System.Globalization;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Incoming;

/// <summary>
/// The name of a tail: an object with bytes of an incoming blob that are too few for a part. No
/// two tails that are needed at the same time have the same name, and nodes share none, because
/// the generation is in it.
/// </summary>
/// <param name="Generation">The generation of the upload that wrote it.</param>
/// <param name="Offset">The offset of its first byte in the blob.</param>
/// <param name="Length">The number of bytes.</param>
internal readonly record struct Tail(long Generation, long Offset, long Length)
{
    private const char Mark = '.';

    /// <summary>The offset behind its last byte.</summary>
    public long End => Offset + Length;

    /// <summary>The name of a piece that is a tail.</summary>
    public static Tail Of(BlobPiece piece) => new(piece.Generation, piece.Offset, piece.Length);

    /// <summary>Reads the text form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Tail tail)
    {
        tail = default;
        Span<Range> ranges = stackalloc Range[4];
        if (text.Split(ranges, Mark) != 3
            || !TryNumber(text[ranges[0]], out var generation)
            || !TryNumber(text[ranges[1]], out var offset)
            || !TryNumber(text[ranges[2]], out var length))
            return false;
        tail = new Tail(generation, offset, length);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Generation}{Mark}{Offset}{Mark}{Length}");

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

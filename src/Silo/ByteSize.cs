using System.Globalization;

namespace OrleansIngest.Silo;

/// <summary>Reads sizes as people write them.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>A whole number of bytes, or of a unit: <c>1048576</c>, <c>500MB</c>, <c>100 GiB</c>.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        var (unit, factor) = s_units.FirstOrDefault(u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        bytes = 0;
        if (!long.TryParse(text[..^unit.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue / factor)
            return false;
        bytes = number * factor;
        return true;
    }
}

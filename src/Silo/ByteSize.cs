using System.ComponentModel;
using System.Globalization;

namespace OrleansIngest.Silo;

/// <summary>
/// A size in an option: a whole number of bytes, or of a unit (<c>1048576</c>, <c>500MB</c>,
/// <c>100 GiB</c>).
/// </summary>
/// <param name="text">The text of the option.</param>
[TypeConverter(typeof(FromText))]
public readonly struct ByteSize(string text)
{
    // "B" comes last: every other unit ends with it.
    private static readonly (string Unit, long Bytes)[] s_units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("B", 1),
    ];

    /// <summary>The size in bytes; -1 if the text is not a size.</summary>
    public long Bytes { get; } = Read(text);

    /// <inheritdoc/>
    public override string ToString() => text;

    private static long Read(string text)
    {
        var (unit, factor) = s_units.FirstOrDefault(
            u => text.EndsWith(u.Unit, StringComparison.OrdinalIgnoreCase), ("", 1));
        var digits = text[..^unit.Length].Trim();
        var isNumber = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        return isNumber && number <= long.MaxValue / factor ? number * factor : -1;
    }

    /// <summary>Lets the configuration binder convert text to a size.</summary>
    private sealed class FromText : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) =>
            sourceType == typeof(string);

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
            new ByteSize((string)value);
    }
}

using System.Text;

namespace OrleansIngest.Salvage;

/// <summary>
/// Decodes records (section 2.1 of https://www.sqlite.org/fileformat2.html). The header of a record
/// has a serial type for every value, which says of what kind and how long it is. The values
/// follow.
/// </summary>
internal static class RecordFormat
{
    /// <summary>Decodes a record. A value is a long, a string, a byte[] or null.</summary>
    /// <exception cref="ArgumentException">The bytes are no record.</exception>
    /// <exception cref="IndexOutOfRangeException">The bytes are no record.</exception>
    /// <exception cref="OverflowException">The bytes are no record.</exception>
    public static object?[] Decode(ReadOnlySpan<byte> record)
    {
        var type = 0;
        var headerSize = checked((int)Varint(record, ref type));
        var values = new List<object?>();
        for (var value = headerSize; type < headerSize;)
            values.Add(Value(Varint(record, ref type), record, ref value));
        return [.. values];
    }

    /// <summary>
    /// Section 1.6: a number of one to nine bytes, the highest bits first. Of the first eight
    /// bytes, the highest bit says whether another byte follows; the ninth is used whole.
    /// </summary>
    public static long Varint(ReadOnlySpan<byte> bytes, ref int offset)
    {
        long value = 0;
        for (var i = 0; i < 8; i++)
        {
            var one = bytes[offset++];
            value = (value << 7) | (uint)(one & 0x7F);
            if (one < 0x80)
                return value;
        }
        return (value << 8) | bytes[offset++];
    }

    private static object? Value(long serialType, ReadOnlySpan<byte> record, ref int offset)
    {
        var bytes = record.Slice(offset, SizeOf(serialType));
        offset += bytes.Length;
        return serialType switch
        {
            0 => null,
            < 7 => Integer(bytes),
            8 or 9 => serialType - 8, // the integers 0 and 1
            _ => serialType % 2 == 0 ? bytes.ToArray() : Encoding.UTF8.GetString(bytes),
        };
    }

    private static int SizeOf(long serialType) => serialType switch
    {
        0 or 8 or 9 => 0,
        >= 1 and <= 4 => (int)serialType,
        5 => 6,
        6 => 8,
        >= 12 => checked((int)((serialType - 12) / 2)),
        _ => throw new ArgumentException("No table has values of this type.", nameof(serialType)),
    };

    /// <summary>A two's complement integer, the highest byte first.</summary>
    private static long Integer(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var one in bytes[1..])
            value = (value << 8) | one;
        return value;
    }
}

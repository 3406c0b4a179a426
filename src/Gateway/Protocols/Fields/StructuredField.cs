using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>
/// Parses structured fields (RFC 9651) that are an Item or a Dictionary. Parameters are accepted
/// and ignored. The lines of a field that comes in several lines are joined with commas (RFC
/// 9651, section 4.2).
/// </summary>
internal static class StructuredField
{
    /// <summary>
    /// Parses an Item that is a non-negative Integer; null if the field is anything else.
    /// </summary>
    public static long? Integer(StringValues lines)
    {
        // A Decimal such as 1.0 is no Integer, and is refused here.
        var isInteger = long.TryParse(
            Item(lines), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        return isInteger && number >= 0 ? number : null;
    }

    /// <summary>Parses an Item that is a Boolean; null if the field is anything else.</summary>
    public static bool? Boolean(StringValues lines) => Item(lines) switch
    {
        "?1" => true,
        "?0" => false,
        _ => null,
    };

    /// <summary>Serializes a Boolean.</summary>
    public static string Of(bool value) => value ? "?1" : "?0";

    /// <summary>
    /// Parses a Dictionary. The values are returned as they were written; if a key occurs twice,
    /// the last one counts (RFC 9651, section 4.2.2). Returns null if the field is malformed, and
    /// no members if it is empty.
    /// </summary>
    public static IReadOnlyDictionary<string, string>? Dictionary(StringValues lines)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new StructuredFieldReader(lines.ToString());
        while (!reader.IsAtEnd)
        {
            if (!reader.Member(out var key, out var value) || !reader.Comma())
                return null;
            members[key.ToString()] = value.IsEmpty ? Of(true) : value.ToString();
        }
        return members;
    }

    /// <summary>
    /// Decodes a Dictionary value that is a Byte Sequence, with or without padding (RFC 9651,
    /// section 4.2.7); null if it is not one.
    /// </summary>
    public static byte[]? Bytes(string member)
    {
        if (member is not [':', .. var base64, ':'])
            return null;
        var bytes = new byte[base64.Length];
        var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>The Item without its parameters; empty if the field is not an Item.</summary>
    private static ReadOnlySpan<char> Item(StringValues lines)
    {
        var reader = new StructuredFieldReader(lines.ToString());
        return reader.Item(out var item) && reader.IsAtEnd ? item : default;
    }
}

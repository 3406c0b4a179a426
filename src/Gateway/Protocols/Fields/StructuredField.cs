using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>
/// Structured fields (RFC 9651), as newer headers are: an item, or a dictionary of named ones. Parameters are allowed and mean
/// nothing here. The lines of a header that comes in several are joined with commas.
/// </summary>
internal static class StructuredField
{
    /// <summary>An Integer that is not negative; null if the field is anything else.</summary>
    public static long? Integer(StringValues lines) =>
        long.TryParse(Item(lines), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0 ? number : null;

    /// <summary>A Boolean; null if the field is anything else.</summary>
    public static bool? Boolean(StringValues lines) => Item(lines) switch
    {
        "?1" => true,
        "?0" => false,
        _ => null,
    };

    /// <summary>A Boolean as it is sent.</summary>
    public static string Of(bool value) => value ? "?1" : "?0";

    /// <summary>The members as they were written, the last one of a name; null if the field is malformed. An empty one has none.</summary>
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

    /// <summary>The bytes of a member that is a Byte Sequence, with or without padding; null if it is none.</summary>
    public static byte[]? Bytes(string member)
    {
        if (member is not [':', .. var base64, ':'])
            return null;
        var bytes = new byte[base64.Length];
        var padded = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }

    /// <summary>Empty if the field is no item.</summary>
    private static ReadOnlySpan<char> Item(StringValues lines)
    {
        var reader = new StructuredFieldReader(lines.ToString());
        return reader.Item(out var item) && reader.IsAtEnd ? item : default;
    }
}

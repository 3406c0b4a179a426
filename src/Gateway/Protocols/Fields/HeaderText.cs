using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>Headers whose bytes are not all ASCII, such as file names and cookies (RFC 9110, section 5.5).</summary>
internal static class HeaderText
{
    /// <summary>ISO 8859-1 with printable characters in place of most control characters.</summary>
    private static readonly Encoding s_windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>
    /// How Kestrel makes a string of a request's header or trailer: each byte becomes a character, so none is refused.
    /// </summary>
    /// <param name="name">The header's name. HTTP/2 has pseudo-headers, which make the URL: they stay strict.</param>
    public static Encoding? EncodingOf(string name) => name.StartsWith(':') ? null : Encoding.Latin1;

    /// <summary>The text that a header's value means: UTF-8 if the bytes are that, else Windows-1252.</summary>
    /// <param name="value">The value as Kestrel gives it, a byte a character.</param>
    public static string Decode(string value)
    {
        if (Ascii.IsValid(value))
            return value;
        var bytes = Encoding.Latin1.GetBytes(value);
        return (Utf8.IsValid(bytes) ? Encoding.UTF8 : s_windows1252).GetString(bytes);
    }
}

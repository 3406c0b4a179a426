using System.Text;
using System.Text.Unicode;

namespace OrleansIngest.Gateway.Protocols.Fields;

/// <summary>
/// Decodes header values with bytes outside of ASCII, such as file names and cookies (RFC
/// 9110, section 5.5).
/// </summary>
internal static class HeaderText
{
    /// <summary>
    /// Windows-1252: ISO 8859-1 with printable characters instead of most control characters 80 to
    /// 9F.
    /// </summary>
    private static readonly Encoding s_windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>
    /// The encoding with which Kestrel decodes a request header or trailer. Latin-1 maps each byte
    /// to a character, so Kestrel refuses no value, and <see cref="Decode"/> can restore the bytes.
    /// </summary>
    /// <param name="name">
    /// The name of the header. The pseudo-headers of HTTP/2 form the URL and keep Kestrel's
    /// strict decoding (null).
    /// </param>
    public static Encoding? EncodingOf(string name) => name.StartsWith(':') ? null : Encoding.Latin1;

    /// <summary>
    /// Decodes the value of a header: as UTF-8 if its bytes are valid UTF-8, otherwise as
    /// Windows-1252, which accepts any bytes.
    /// </summary>
    /// <param name="value">The value as Kestrel decoded it, one character per byte.</param>
    public static string Decode(string value)
    {
        if (Ascii.IsValid(value))
            return value;
        var bytes = Encoding.Latin1.GetBytes(value);
        return (Utf8.IsValid(bytes) ? Encoding.UTF8 : s_windows1252).GetString(bytes);
    }
}

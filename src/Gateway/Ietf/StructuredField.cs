using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;

namespace OrleansIngest.Gateway.Ietf;

/// <summary>
/// The two kinds of item (RFC 9651) that this protocol sends. A field that is anything else counts as absent: so the protocol
/// wants it. Parameters are allowed and mean nothing.
/// </summary>
internal static partial class StructuredField
{
    /// <summary>An Integer that is not negative.</summary>
    public static long? Integer(StringValues field) =>
        Item(field) is { } item && long.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A Boolean.</summary>
    public static bool? Boolean(StringValues field) => Item(field) switch
    {
        "?1" => true,
        "?0" => false,
        _ => null,
    };

    /// <summary>A Boolean as it is sent.</summary>
    public static string Of(bool value) => value ? "?1" : "?0";

    private static string? Item(StringValues field) =>
        field is [{ } text] && Form().Match(text) is { Success: true } match ? match.Groups["item"].Value : null;

    [GeneratedRegex("""^ *(?<item>\?[01]|[0-9]{1,15}) *(; *[a-z*][a-z0-9_.*-]*(=([^",;\s]+|"[ !#-\[\]-~]*"))? *)*$""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Form();
}

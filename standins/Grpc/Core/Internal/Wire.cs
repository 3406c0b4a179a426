using System.Buffers;
using System.Globalization;
using System.Text;

namespace Grpc.Core.Internal;

/// <summary>How values become HTTP header values and back.</summary>
internal static class Wire
{
    public const string ContentType = "application/grpc";

    // gRPC allows eight digits. Longer than eight digits of seconds nobody waits, and DateTime can not tell.
    private const int MaxTimeoutDigits = 8;
    private const long MaxTimeoutSeconds = 99_999_999;

    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create([.. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%')]);

    /// <summary>Whether a content type is <paramref name="expected"/>, with any message format (<c>+proto</c>) or parameter.</summary>
    public static bool IsContentType(string expected, string? actual) =>
        actual != null
        && actual.StartsWith(expected, StringComparison.OrdinalIgnoreCase)
        && (actual.Length == expected.Length || actual[expected.Length] is '+' or ';');

    /// <summary>A status text as <c>grpc-message</c>: UTF-8, percent-encoded unless printable ASCII.</summary>
    public static string EncodeMessage(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unescaped)) return text;
        var encoded = new StringBuilder(text.Length * 3);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (Unescaped.Contains((char)octet)) encoded.Append((char)octet);
            else encoded.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }

    public static string DecodeMessage(string encoded) => Uri.UnescapeDataString(encoded);

    public static string EncodeValue(Metadata.Entry entry) => entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes) : entry.Value;

    /// <summary>Adds a header's value; of a <c>-bin</c> header, each of the values that a comma joins, padded or not.</summary>
    public static void AddEncoded(this Metadata metadata, string key, string value)
    {
        if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.OrdinalIgnoreCase))
        {
            metadata.Add(key, value);
            return;
        }

        foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
            metadata.Add(key, Convert.FromBase64String(part.PadRight((part.Length + 3) / 4 * 4, '=')));
    }

    /// <summary>Time left as <c>grpc-timeout</c>, at least the smallest that is valid.</summary>
    public static string EncodeTimeout(TimeSpan left)
    {
        if (left <= TimeSpan.Zero) return "1n";
        var milliseconds = (long)Math.Ceiling(left.TotalMilliseconds);
        return milliseconds < 100_000_000 ? $"{milliseconds}m" : $"{Math.Min((long)Math.Ceiling(left.TotalSeconds), MaxTimeoutSeconds)}S";
    }

    public static bool TryDecodeTimeout(string? header, out TimeSpan timeout)
    {
        timeout = default;
        if (header is not { Length: >= 2 and <= MaxTimeoutDigits + 1 }) return false;
        if (!long.TryParse(header.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        if (TicksPerUnit(header[^1]) is not { } ticks) return false;
        timeout = TimeSpan.FromTicks((long)Math.Clamp(value * ticks, 1, MaxTimeoutSeconds * (double)TimeSpan.TicksPerSecond));
        return true;
    }

    private static double? TicksPerUnit(char unit) => unit switch
    {
        'H' => TimeSpan.TicksPerHour,
        'M' => TimeSpan.TicksPerMinute,
        'S' => TimeSpan.TicksPerSecond,
        'm' => TimeSpan.TicksPerMillisecond,
        'u' => TimeSpan.TicksPerMicrosecond,
        'n' => 1.0 / TimeSpan.NanosecondsPerTick,
        _ => null,
    };
}

using System.Globalization;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Feed;

/// <summary>
/// The text form of a position, used as the id of a server-sent event: <c>17-9f3a0c1b</c>
/// is the seq of the event and its checksum in hexadecimal. <c>0</c> is the position before
/// the first event.
/// </summary>
internal static class EventId
{
    private const int ChecksumDigits = 8;

    /// <summary>Formats a position.</summary>
    public static string Of(Position at) =>
        at.Seq == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{at.Seq}-{at.Checksum:x8}");

    /// <summary>
    /// Parses a position. Null and empty mean the position before the first event.
    /// </summary>
    /// <exception cref="ProblemException">
    /// The text is not a position (<see cref="ProblemKind.InvalidArgument"/>).
    /// </exception>
    public static Position Parse(string? text)
    {
        if (string.IsNullOrEmpty(text) || text == "0")
            return default;
        var hyphen = text.IndexOf('-', StringComparison.Ordinal);
        return text.Length - hyphen - 1 == ChecksumDigits
            && long.TryParse(text.AsSpan(0, Math.Max(hyphen, 0)), NumberStyles.None, null, out var seq) && seq > 0
            && uint.TryParse(text.AsSpan(hyphen + 1), NumberStyles.AllowHexSpecifier, null, out var checksum)
            ? new Position(seq, checksum)
            : throw new ProblemException(
                ProblemKind.InvalidArgument, "`after` is the id of the last event that you have, or 0.");
    }
}

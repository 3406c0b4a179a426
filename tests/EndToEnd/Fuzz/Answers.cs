using System.Text.RegularExpressions;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>What can be seen in the bytes that came back, a character each.</summary>
internal static partial class Answers
{
    private const int VersionNotSupported = 505;
    private const int FrameHead = 9, Headers = 1, ResetStream = 3, GoAway = 7;

    /// <summary>
    /// HPACK's table of statuses that are known by number (RFC 7541, Appendix A, from 8 on).
    /// </summary>
    private static readonly int[] s_known = [200, 204, 206, 304, 400, 404, 500];

    /// <summary>Whether there is an answer; one on the way (100 Continue) does not count.</summary>
    public static bool HasOne(string answer) =>
        IsHttp1(answer)
            ? FinalHead().IsMatch(answer)
            : Frames(answer).Any(frame => frame.Type is Headers or ResetStream or GoAway);

    /// <summary>All statuses in it.</summary>
    public static IEnumerable<int> Statuses(string answer) => IsHttp1(answer)
        ? StatusLine().Matches(answer).Select(line => int.Parse(line.Groups["status"].Value))
        : Frames(answer).Where(frame => frame.Type == Headers).Select(frame => Status(frame.Payload)).OfType<int>();

    /// <summary>505 is the client's: it spoke a version of HTTP that nobody does.</summary>
    public static bool IsServersFault(int status) => status >= 500 && status != VersionNotSupported;

    private static bool IsHttp1(string answer) => answer.StartsWith("HTTP/", StringComparison.Ordinal);

    private static IEnumerable<(int Type, string Payload)> Frames(string answer)
    {
        for (int at = 0, end; at + FrameHead <= answer.Length; at = end)
        {
            end = at + FrameHead + ((answer[at] << 16) | (answer[at + 1] << 8) | answer[at + 2]);
            if (end > answer.Length)
                yield break;
            yield return (answer[at + 3], answer[(at + FrameHead)..end]);
        }
    }

    /// <summary>
    /// A block of headers begins with its status, from the table or literally (RFC 7541, 6.1 and
    /// 6.2); a block of trailers does not.
    /// </summary>
    private static int? Status(string block) => block switch
    {
        [>= '\x88' and <= '\x8e' and var known, ..] => s_known[known - '\x88'],
        ['\x08' or '\x48', '\x03', var a, var b, var c, ..] => int.Parse($"{a}{b}{c}"),
        _ => null,
    };

    [GeneratedRegex(
        @"^(HTTP/1\.1 1\d\d .*?\r\n\r\n)*HTTP/1\.1 [2-5]\d\d .*?\r\n\r\n",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FinalHead();

    [GeneratedRegex(@"HTTP/1\.1 (?<status>\d{3}) ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex StatusLine();
}

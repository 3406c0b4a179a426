using System.Text;
using Google.Protobuf;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// Page sizes and page tokens. A token is opaque to clients; it encodes where the next page starts.
/// </summary>
internal static class Pages
{
    private const int Default = 100;
    private const int Max = 1000;

    /// <summary>
    /// The size of a page in bytes. gRPC clients refuse a message above 4 MiB by default.
    /// </summary>
    private const int MaxBytes = 2 << 20;

    public static int Size(int requested) => requested switch
    {
        < 0 => throw new ProblemException(ProblemKind.InvalidArgument, "`page_size` is 0 or more."),
        0 => Default,
        _ => Math.Min(requested, Max),
    };

    /// <summary>
    /// The longest prefix of the messages that fits into one page; at least one message, or paging
    /// would never end.
    /// </summary>
    public static List<T> Fit<T>(IEnumerable<T> messages) where T : IMessage
    {
        var (page, bytes) = (new List<T>(), 0);
        foreach (var message in messages)
        {
            bytes += message.CalculateSize();
            if (bytes > MaxBytes && page.Count > 0)
                break;
            page.Add(message);
        }
        return page;
    }

    public static string Token(string start) => Convert.ToBase64String(Encoding.UTF8.GetBytes(start));

    public static string Start(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw InvalidToken();
    }

    public static int Index(string token) => token.Length == 0 ? 0
        : int.TryParse(Start(token), System.Globalization.NumberStyles.None, null, out var index) ? index
        : throw InvalidToken();

    private static ProblemException InvalidToken() =>
        new(ProblemKind.InvalidArgument, "`page_token` is the `next_page_token` of the page before.");
}

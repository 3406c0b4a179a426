using System.Text;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>Sizes and tokens of pages. A token is opaque to callers: where the next page starts.</summary>
internal static class Pages
{
    private const int Default = 100;
    private const int Max = 1000;

    public static int Size(int asked) => asked switch
    {
        < 0 => throw new ProblemException(ProblemKind.InvalidArgument, "`page_size` is 0 or more."),
        0 => Default,
        _ => Math.Min(asked, Max),
    };

    public static string Token(string start) => Convert.ToBase64String(Encoding.UTF8.GetBytes(start));

    public static string Start(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : throw Bad();
    }

    public static int Index(string token) => token.Length == 0 ? 0
        : int.TryParse(Start(token), System.Globalization.NumberStyles.None, null, out var index) ? index
        : throw Bad();

    private static ProblemException Bad() =>
        new(ProblemKind.InvalidArgument, "`page_token` is the `next_page_token` of the page before.");
}

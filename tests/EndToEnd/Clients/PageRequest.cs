using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>What a page's script asks for with <c>fetch</c>.</summary>
/// <param name="Url">Where.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Headers">Those that the script adds.</param>
/// <param name="Body">What it sends.</param>
internal sealed record PageRequest(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, string? Body)
{
    /// <summary>The body is the file that was picked.</summary>
    public bool Sends { get; init; }

    /// <summary>As <c>fetch</c> calls it: <c>no-cors</c> is what a browser sends without asking, and says nothing of the answer.</summary>
    public string? Mode { get; init; }

    /// <summary>As <c>fetch</c> calls it: <c>include</c> takes cookies along, also to another origin.</summary>
    public string? Credentials { get; init; }

    /// <summary>The same request that a program sends.</summary>
    public static PageRequest Of(HttpTest test, IngestServer server) =>
        new(new Uri(server.Http, test.Path), test.Method, test.Headers, test.Body is null ? null : Encoding.ASCII.GetString(test.Body));
}

/// <summary>What became of it.</summary>
/// <param name="Status">HTTP status; 0 if the page may not know it.</param>
/// <param name="Headers">What the script may read.</param>
/// <param name="Sent">What came over the wire.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Error">Why there is no answer for the script.</param>
internal sealed record PageAnswer(int Status, Dictionary<string, string> Headers, Dictionary<string, string> Sent, string Body, string? Error);

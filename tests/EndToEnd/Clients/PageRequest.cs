using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>A request that a page's script makes with <c>fetch</c>.</summary>
/// <param name="Url">The URL.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Headers">The headers that the script adds.</param>
/// <param name="Body">The body.</param>
internal sealed record PageRequest(Uri Url, string Method, IReadOnlyDictionary<string, string> Headers, string? Body)
{
    /// <summary>Whether the body is the file that the user picked.</summary>
    public bool Sends { get; init; }

    /// <summary>
    /// The mode of <c>fetch</c>. With <c>no-cors</c> a browser sends the request without a
    /// preflight, and hides the answer.
    /// </summary>
    public string? Mode { get; init; }

    /// <summary>
    /// The credentials mode of <c>fetch</c>. With <c>include</c> a browser sends cookies to other
    /// origins too.
    /// </summary>
    public string? Credentials { get; init; }

    /// <summary>The same request as a program sends it.</summary>
    public static PageRequest Of(HttpTest test, IngestServer server) =>
        new(
            new Uri(server.Http, test.Path),
            test.Method,
            test.Headers,
            test.Body is null ? null : Encoding.ASCII.GetString(test.Body));
}

/// <summary>The result of the request.</summary>
/// <param name="Status">The HTTP status; 0 if the page may not know it.</param>
/// <param name="Headers">The headers that the script may read.</param>
/// <param name="Sent">All headers of the answer as they came over the wire.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Error">Why the script got no answer.</param>
internal sealed record PageAnswer(
    int Status, Dictionary<string, string> Headers, Dictionary<string, string> Sent, string Body, string? Error);

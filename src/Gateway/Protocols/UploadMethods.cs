using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>The HTTP methods of uploads.</summary>
internal static class UploadMethods
{
    private const string Override = "X-HTTP-Method-Override";

    /// <summary>
    /// The method that the client means. Some networks let only GET and POST through, so tus clients may name another one in
    /// <c>X-HTTP-Method-Override</c>.
    /// </summary>
    public static string Effective(HttpRequest request) =>
        request.Headers[Override] is [{ Length: > 0 } method] ? method.ToUpperInvariant() : request.Method;

    /// <summary>The method is not possible there, whatever the protocol.</summary>
    /// <param name="creates">Whether the URL is one where uploads are created; otherwise it is an upload's.</param>
    public static ProblemException NotAllowed(bool creates) =>
        new ProblemException(ProblemKind.MethodNotAllowed, "See Allow for what is possible.")
            .WithHeader("Allow", creates ? "POST, PUT, PATCH, OPTIONS" : "HEAD, GET, PUT, PATCH, DELETE, OPTIONS");
}

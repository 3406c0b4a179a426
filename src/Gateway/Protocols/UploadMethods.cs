using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>The HTTP methods of uploads.</summary>
internal static class UploadMethods
{
    private const string Override = "X-HTTP-Method-Override";

    /// <summary>
    /// The method of a request. Some networks allow only GET and POST, so tus clients may send
    /// another method in <c>X-HTTP-Method-Override</c> (tus 1.0.0, "X-HTTP-Method-Override").
    /// </summary>
    public static string Effective(HttpRequest request) =>
        request.Headers[Override] is [{ Length: > 0 } method] ? method.ToUpperInvariant() : request.Method;

    /// <summary>
    /// The problem for a method that the URL does not support. <c>Allow</c> has the methods of all
    /// protocols.
    /// </summary>
    /// <param name="creates">
    /// Whether the URL is one where uploads are created; otherwise it is the URL of an upload.
    /// </param>
    public static ProblemException NotAllowed(bool creates) =>
        new ProblemException(ProblemKind.MethodNotAllowed, "See Allow for what is possible.")
            .WithHeader("Allow", creates ? "POST, PUT, PATCH, OPTIONS" : "HEAD, GET, PUT, PATCH, DELETE, OPTIONS");
}

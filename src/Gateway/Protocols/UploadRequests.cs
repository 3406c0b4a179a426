using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>What requests of all protocols have in common.</summary>
internal static class UploadRequests
{
    /// <summary>The job of requests that name none.</summary>
    public const string DefaultJob = "inbox";

    private const string Identity = "identity";

    /// <summary>The upload that a request is about.</summary>
    /// <exception cref="ProblemException">404: no upload can have this URL.</exception>
    public static (string Job, Guid Media) Target(HttpRequest request) =>
        Parse.Url(JobKey(request), request.RouteValues["media"] as string, ProblemKind.UploadNotFound);

    /// <summary>Whether the URL ends with an upload's id: then the client chose it.</summary>
    public static bool HasId(HttpRequest request) =>
        request.Path.Value is { } path && Guid.TryParseExact(path.AsSpan(path.LastIndexOf('/') + 1), "D", out _);

    /// <summary>The job in the URL, or <see cref="DefaultJob"/>.</summary>
    /// <exception cref="ProblemException">It is no job's key.</exception>
    public static string Job(HttpRequest request) => Parse.Job(JobKey(request));

    /// <summary>For the log, should something fail.</summary>
    public static void Concerns(HttpRequest request, string job, Guid media) =>
        (request.RouteValues["job"], request.RouteValues["media"]) = (job, media);

    /// <summary>A body without a length is a chunked one, or on HTTP/2 one that ends when it ends.</summary>
    public static bool HasContent(HttpRequest request) => request.ContentLength > 0
        || (request.ContentLength is null && request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    /// <summary>How long the body is; null if that shows when it ends.</summary>
    public static long? ContentLength(HttpRequest request) => HasContent(request) ? request.ContentLength : 0;

    /// <summary>
    /// How long a file is that comes whole in one request, as its headers say; null if that shows when it ends.
    /// </summary>
    /// <exception cref="ProblemException">Upload-Length says one thing and Content-Length another.</exception>
    public static long? WholeLength(HttpRequest request)
    {
        var (said, sent) = (StructuredField.Integer(request.Headers[UploadHeaders.Length]), ContentLength(request));
        return (sent ?? said) == (said ?? sent) ? said ?? sent : throw UploadProblems.Inconsistent(said, sent);
    }

    /// <summary>Whether the body is said to be of a type, whatever its parameters; hardly anybody sends some.</summary>
    public static bool HasType(HttpRequest request, string type) =>
        request.ContentType is { } said && said.StartsWith(type, StringComparison.OrdinalIgnoreCase) && (said.Length == type.Length
            || (MediaTypeHeaderValue.TryParse(said, out var parsed) && parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)));

    /// <summary>A body must be the file's own bytes, for it is stored as it comes (RFC 9110, section 8.4).</summary>
    /// <exception cref="ProblemException">It is compressed, or encoded otherwise.</exception>
    public static void MustNotBeEncoded(HttpRequest request)
    {
        var codings = request.Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding);
        if (codings.All(coding => coding.Equals(Identity, StringComparison.OrdinalIgnoreCase)))
            return;
        throw new ProblemException(
            ProblemKind.WrongContentType, "The file's own bytes are stored: send them without a Content-Encoding.")
            .WithHeader(HeaderNames.AcceptEncoding, Identity);
    }

    /// <summary>An upload must not be larger than the server takes.</summary>
    /// <exception cref="ProblemException">It is.</exception>
    public static void CheckSize(long? length, long max)
    {
        if (length > max)
            throw UploadProblems.TooLarge(max);
    }

    private static string? JobKey(HttpRequest request) =>
        request.RouteValues.GetValueOrDefault("job", DefaultJob) as string;
}

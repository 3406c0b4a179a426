using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Fields;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>Reads and checks the parts of a request that all protocols share.</summary>
internal static class UploadRequests
{
    /// <summary>The job of a request that does not name a job.</summary>
    public const string DefaultJob = "inbox";

    private const string Identity = "identity";

    /// <summary>The job and the media in the URL of an upload.</summary>
    /// <exception cref="ProblemException">No upload can have this URL (404).</exception>
    public static (string Job, Guid Media) Target(HttpRequest request) =>
        Parse.Url(JobKey(request), request.RouteValues["media"] as string, ProblemKind.UploadNotFound);

    /// <summary>Whether the URL ends with a UUID, so that the client has chosen the id.</summary>
    public static bool HasId(HttpRequest request) =>
        request.Path.Value is { } path && Guid.TryParseExact(path.AsSpan(path.LastIndexOf('/') + 1), "D", out _);

    /// <summary>The job in the URL, or <see cref="DefaultJob"/>.</summary>
    /// <exception cref="ProblemException">The segment is not a valid key.</exception>
    public static string Job(HttpRequest request) => Parse.Job(JobKey(request));

    /// <summary>
    /// Sets the job and the media that the log names if the request fails. The URL of a creation
    /// does not contain them. ProblemMiddleware reads the route values.
    /// </summary>
    public static void SetForLog(HttpRequest request, string job, Guid media) =>
        (request.RouteValues["job"], request.RouteValues["media"]) = (job, media);

    /// <summary>
    /// The length of the body in bytes; null if it is known only when the body ends.
    /// </summary>
    public static long? ContentLength(HttpRequest request) => HasContent(request) ? request.ContentLength : 0;

    /// <summary>
    /// The length in bytes of a file that comes whole in one request, from <c>Upload-Length</c> or
    /// <c>Content-Length</c>; null if it is known only when the body ends.
    /// </summary>
    /// <exception cref="ProblemException">
    /// <c>Upload-Length</c> and <c>Content-Length</c> differ.
    /// </exception>
    public static long? WholeLength(HttpRequest request)
    {
        var declared = StructuredField.Integer(request.Headers[UploadHeaders.Length]);
        var sent = ContentLength(request);
        return (sent ?? declared) == (declared ?? sent)
            ? declared ?? sent
            : throw UploadProblems.Inconsistent(declared, sent);
    }

    /// <summary>
    /// Whether the <c>Content-Type</c> of a request is a media type, ignoring case and parameters.
    /// </summary>
    public static bool HasType(HttpRequest request, string type)
    {
        if (request.ContentType is not { } field || !field.StartsWith(type, StringComparison.OrdinalIgnoreCase))
            return false;
        // The header is parsed only if it has parameters, which is rare.
        return field.Length == type.Length
            || (MediaTypeHeaderValue.TryParse(field, out var parsed)
                && parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Checks that the body has no <c>Content-Encoding</c> (RFC 9110, section 8.4). The server
    /// stores the bytes as they are sent, so they must be the bytes of the file.
    /// </summary>
    /// <exception cref="ProblemException">The body is encoded, such as with gzip.</exception>
    public static void CheckNotEncoded(HttpRequest request)
    {
        var codings = request.Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding);
        if (codings.All(coding => coding.Equals(Identity, StringComparison.OrdinalIgnoreCase)))
            return;
        throw new ProblemException(
            ProblemKind.WrongContentType, "The file's own bytes are stored: send them without a Content-Encoding.")
            .WithHeader(HeaderNames.AcceptEncoding, Identity);
    }

    /// <summary>Checks the length of an upload against the maximum, both in bytes.</summary>
    /// <exception cref="ProblemException">The length exceeds the maximum.</exception>
    public static void CheckSize(long? length, long max)
    {
        if (length > max)
            throw UploadProblems.TooLarge(max);
    }

    // Without Content-Length a request has a body if it is chunked (HTTP/1.1) or if its header
    // frame does not end the stream (HTTP/2 and HTTP/3).
    private static bool HasContent(HttpRequest request) => request.ContentLength is { } length
        ? length > 0
        : request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true };

    private static string? JobKey(HttpRequest request) =>
        request.RouteValues.GetValueOrDefault("job", DefaultJob) as string;
}

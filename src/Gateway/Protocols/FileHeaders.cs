using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>
/// Reads the description of a file from standard headers: <c>Content-Type</c> (RFC 9110, section
/// 8.3) and <c>Content-Disposition</c> (RFC 6266). The IETF protocol and ordinary uploads use
/// these; tus has <c>Upload-Metadata</c>.
/// </summary>
internal static class FileHeaders
{
    /// <summary>
    /// The type that tools such as <c>curl</c> send by default. It does not describe the file.
    /// </summary>
    private const string DefaultType = "application/x-www-form-urlencoded";

    private const string FormType = "multipart/form-data";

    private const string FilenameParameter = "filename=";

    /// <summary>The command that creates an upload for the file.</summary>
    /// <param name="request">
    /// The request. Its URL may end with the UUID of the media, or with the name of the file, which
    /// <c>curl -T</c> appends.
    /// </param>
    /// <param name="length">The length of the file in bytes; null if it is not known.</param>
    /// <exception cref="ProblemException">
    /// The body is a form or is encoded, the request has <c>Content-Range</c>, or a header is not
    /// valid.
    /// </exception>
    public static CreateUpload Creation(HttpRequest request, long? length)
    {
        CheckBodyIsFile(request);
        var lastSegment = request.RouteValues["media"] as string;
        var hasId = Guid.TryParseExact(lastSegment, "D", out var media);
        return ReprDigest.AddTo(request, new CreateUpload
        {
            Media = hasId ? media : Guid.CreateVersion7(),
            Description = Describe(request, hasId ? null : lastSegment),
            Length = length,
        });
    }

    private static MediaDescription Describe(HttpRequest request, string? name) => new()
    {
        Filename = Parse.Text("filename", Filename(request.Headers) ?? name ?? "", Parse.MaxFilename),
        DeclaredType = Parse.Text("Content-Type", HasFileType(request) ? HeaderText.Decode(request.ContentType!) : ""),
    };

    private static void CheckBodyIsFile(HttpRequest request)
    {
        if (UploadRequests.HasType(request, FormType))
        {
            throw new ProblemException(
                ProblemKind.WrongContentType,
                "A form is not a file: send the file itself as the body, as `curl -T photo.jpg` does.");
        }
        UploadRequests.CheckNotEncoded(request);
        // A partial PUT would store a part as a whole file, so it is refused (RFC 9110, section
        // 14.5).
        if (request.Headers.ContentRange.Count > 0)
        {
            throw new ProblemException(
                ProblemKind.InvalidArgument,
                "Content-Range is not understood here: send the whole file, or go on with a resumable upload.");
        }
    }

    private static string? Filename(IHeaderDictionary headers)
    {
        var field = HeaderText.Decode(headers.ContentDisposition.ToString());
        if (!ContentDispositionHeaderValue.TryParse(field, out var disposition))
            return Unquoted(field);
        // filename* takes precedence over filename (RFC 6266, section 4.3).
        var name = disposition.FileNameStar.HasValue
            ? disposition.FileNameStar
            : HeaderUtilities.UnescapeAsQuotedString(disposition.FileName);
        return name.Value;
    }

    /// <summary>
    /// Reads the name from a malformed header: some clients omit the quotation marks around a name
    /// with spaces or non-ASCII letters.
    /// </summary>
    private static string? Unquoted(string disposition) =>
        disposition.Split(FilenameParameter, 2, StringSplitOptions.TrimEntries) is [_, var name]
            ? name.Split(';')[0].Trim(' ', '"')
            : null;

    private static bool HasFileType(HttpRequest request) =>
        request.ContentType is not null
        && !UploadRequests.HasType(request, DefaultType)
        && !UploadRequests.HasType(request, UploadHeaders.PartialUpload);
}

using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Gateway.Protocols;

/// <summary>
/// What the ordinary headers of a request say of the file that it brings (RFC 9110, RFC 6266): clients that do not speak tus
/// have no others.
/// </summary>
internal static class FileHeaders
{
    /// <summary>What a tool says of a body that it knows nothing of: that is no type of a file.</summary>
    private const string NoType = "application/x-www-form-urlencoded";

    private const string Form = "multipart/form-data";

    private const string FilenameParameter = "filename=";

    /// <summary>The upload that a request creates.</summary>
    /// <param name="request">Its URL may end with the media's UUID, or with the file's name, which <c>curl -T</c> adds.</param>
    /// <param name="length">Bytes in all, if known.</param>
    /// <exception cref="ProblemException">The body is not the file's bytes, or a header cannot be meant.</exception>
    public static CreateUpload Creation(HttpRequest request, long? length)
    {
        MustBeTheFile(request);
        var last = request.RouteValues["media"] as string;
        var hasId = Guid.TryParseExact(last, "D", out var media);
        return ReprDigest.AddTo(request, new CreateUpload
        {
            Media = hasId ? media : Guid.CreateVersion7(),
            Description = Describe(request, hasId ? null : last),
            Length = length,
        });
    }

    private static MediaDescription Describe(HttpRequest request, string? name) => new()
    {
        Filename = Parse.Text("filename", Filename(request.Headers) ?? name ?? "", Parse.MaxFilename),
        DeclaredType = Parse.Text("Content-Type", HasFileType(request) ? HeaderText.Decode(request.ContentType!) : ""),
    };

    private static void MustBeTheFile(HttpRequest request)
    {
        if (UploadRequests.HasType(request, Form))
        {
            throw new ProblemException(
                ProblemKind.WrongContentType,
                "A form is not a file: send the file itself as the body, as `curl -T photo.jpg` does.");
        }
        UploadRequests.MustNotBeEncoded(request);
        if (request.Headers.ContentRange.Count > 0)
            throw new ProblemException(ProblemKind.InvalidArgument, "Content-Range is not understood here: send the whole file, or go on with a resumable upload.");
    }

    private static string? Filename(IHeaderDictionary headers)
    {
        var field = HeaderText.Decode(headers.ContentDisposition.ToString());
        if (!ContentDispositionHeaderValue.TryParse(field, out var disposition))
            return Unquoted(field);
        var name = disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.UnescapeAsQuotedString(disposition.FileName);
        return name.Value;
    }

    /// <summary>Some clients leave out the quotation marks that spaces and letters beyond ASCII need.</summary>
    private static string? Unquoted(string disposition) =>
        disposition.Split(FilenameParameter, 2, StringSplitOptions.TrimEntries) is [_, var name]
            ? name.Split(';')[0].Trim(' ', '"')
            : null;

    private static bool HasFileType(HttpRequest request) =>
        request.ContentType is not null && !UploadRequests.HasType(request, NoType) && !UploadRequests.HasType(request, UploadHeaders.PartialUpload);
}

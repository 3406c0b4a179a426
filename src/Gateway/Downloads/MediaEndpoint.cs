using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Formats;

namespace OrleansIngest.Gateway.Downloads;

/// <summary>
/// <c>GET</c> and <c>HEAD /jobs/{job}/media/{media}</c>: the bytes of a media, or a range of them.
/// </summary>
internal static class MediaEndpoint
{
    /// <summary>The response headers that CORS exposes to web pages, besides the digest.</summary>
    public static readonly string[] Exposed = ["ETag", "Accept-Ranges", "Content-Range", "Content-Disposition"];

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Headers that describe the media. A problem response must not have them.</summary>
    private static readonly string[] s_mediaHeaders =
        [HeaderNames.ContentDisposition, HeaderNames.ETag, HeaderNames.LastModified, DigestFields.ReprDigest.Name];

    public static void MapMedia(this IEndpointRouteBuilder routes) =>
        routes.MapMethods("/jobs/{job}/media/{media}", s_methods, Download);

    private static async Task Download(
        string job, string media, HttpContext context, IGrainFactory grains, IMediaStore store)
    {
        var (key, id) = Parse.Url(job, media, ProblemKind.MediaNotFound);
        var (known, reader) = await Open(() => StoredMedia.Find(grains, key, id), store, context.RequestAborted);
        var entityTag = new EntityTagHeaderValue($"\"{known.Sha256}\"");
        MediaRange.Prepare(context.Request, entityTag, known.ChangedAt);
        Protect(context.Response.Headers, known);
        context.Response.Headers[DigestFields.ReprDigest.Name] = DigestFields.Format(known.Sha256!.Value);
        await TypedResults.Stream(
            new MediaStream(reader), known.MediaType, fileDownloadName: null, lastModified: known.ChangedAt, entityTag,
            enableRangeProcessing: true).ExecuteAsync(context);
        ThrowIfRefused(context.Response);
    }

    /// <summary>
    /// ASP.NET Core answers a failed condition or range with a status and no body. This replaces it
    /// with problem details.
    /// </summary>
    private static void ThrowIfRefused(HttpResponse response)
    {
        ProblemException? problem = response.StatusCode switch
        {
            StatusCodes.Status412PreconditionFailed =>
                new(ProblemKind.PreconditionFailed, "If-Match or If-Unmodified-Since does not match the media."),
            StatusCodes.Status416RangeNotSatisfiable =>
                new(ProblemKind.RangeNotSatisfiable, "The range begins after the end; Content-Range has the length."),
            _ => null,
        };
        if (problem is null)
            return;
        foreach (var header in s_mediaHeaders)
            response.Headers.Remove(header);
        throw problem;
    }

    /// <summary>
    /// Finds a media and opens its bytes. Between the two steps the media may be deleted, or its
    /// bytes may pass to another media (promotion); then the location is looked up again. If the
    /// same location is missing twice, the bytes are lost.
    /// </summary>
    private static async Task<(Media Media, IMediaReader Reader)> Open(
        Func<Task<Media>> find, IMediaStore store, CancellationToken cancellation)
    {
        BlobId? missing = null;
        while (true)
        {
            var known = await find();
            try
            {
                return (known, await store.Read(known.Content!, cancellation));
            }
            catch (FileNotFoundException e) when (known.Content == missing)
            {
                throw new ProblemException(ProblemKind.MediaDamaged, "Its bytes are gone.", e);
            }
            catch (FileNotFoundException)
            {
                missing = known.Content;
            }
        }
    }

    /// <summary>
    /// Sets headers that keep an uploaded file from acting in the server's name: a browser must not
    /// run it as a page, sniff another type, or take its file name for a path.
    /// </summary>
    private static void Protect(IHeaderDictionary headers, Media media)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "private, no-cache";
        var type = MediaTypes.IsInline(media.MediaType) ? "inline" : "attachment";
        var disposition = new ContentDispositionHeaderValue(type);
        disposition.SetHttpFileName(SafeName(media));
        headers.ContentDisposition = disposition.ToString();
    }

    /// <summary>
    /// The last segment of the file name, without characters that have a meaning in a path, a shell
    /// or a header.
    /// </summary>
    private static string SafeName(Media media)
    {
        var name = media.Description.Filename;
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var replaced = last.Select(c => char.IsControl(c) || "\"<>:|?*;".Contains(c) ? '_' : c);
        var safe = string.Concat(replaced).Trim('.', ' ');
        return safe.Length == 0 ? media.Id.ToString() : safe;
    }
}

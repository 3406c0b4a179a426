using Microsoft.Net.Http.Headers;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Uploads.Formats;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Downloads;

/// <summary><c>GET /jobs/{job}/media/{media}</c>: the bytes of a media, or ranges of them.</summary>
internal static class MediaEndpoint
{
    /// <summary>What a web page may read of an answer, beside the hash.</summary>
    public static readonly string[] Exposed = ["ETag", "Accept-Ranges", "Content-Range", "Content-Disposition"];

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>What is said of the media, and not of a problem that is the answer instead.</summary>
    private static readonly string[] s_ofTheMedia =
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
        MustBeMet(context.Response);
    }

    /// <summary>If a condition of the request is not met, the answer is a problem like any other.</summary>
    private static void MustBeMet(HttpResponse response)
    {
        ProblemException? problem = response.StatusCode switch
        {
            StatusCodes.Status412PreconditionFailed =>
                new(ProblemKind.PreconditionFailed, "If-Match or If-Unmodified-Since is about another one."),
            StatusCodes.Status416RangeNotSatisfiable =>
                new(ProblemKind.RangeNotSatisfiable, "Content-Range says how long it is."),
            _ => null,
        };
        if (problem is null)
            return;
        foreach (var header in s_ofTheMedia)
            response.Headers.Remove(header);
        throw problem;
    }

    /// <summary>Bytes that go between two looks were deleted, or have moved to those of another media: the second look says which.</summary>
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

    /// <summary>Nothing that was uploaded may act in the server's name: not as a page, not as another type, not by its file name.</summary>
    private static void Protect(IHeaderDictionary headers, Media media)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.CacheControl = "private, no-cache";
        var disposition = new ContentDispositionHeaderValue(MediaTypes.IsInline(media.MediaType) ? "inline" : "attachment");
        disposition.SetHttpFileName(SafeName(media));
        headers.ContentDisposition = disposition.ToString();
    }

    /// <summary>The last part of the name, without anything that a path, a shell or a header could mean.</summary>
    private static string SafeName(Media media)
    {
        var name = media.Description.Filename;
        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var safe = string.Concat(last.Select(c => char.IsControl(c) || "\"<>:|?*;".Contains(c) ? '_' : c)).Trim('.', ' ');
        return safe.Length == 0 ? media.Id.ToString() : safe;
    }
}

using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>
/// Handles requests of tus 1.0.0 (https://tus.io/protocols/resumable-upload): translates them to
/// calls of <see cref="UploadService"/>, and the outcomes to tus responses.
/// </summary>
internal sealed class TusHandler(
    UploadService uploads, UploadContext context, UploadAnswers answers, IngestOptions options)
{
    /// <summary>Handles a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="creates">
    /// Whether the URL is one where uploads are created; otherwise it is the URL of an upload.
    /// </param>
    /// <exception cref="ProblemException">The request was refused.</exception>
    public Task Handle(HttpContext http, bool creates)
    {
        CheckVersion(http);
        return (http.Request.Method, creates) switch
        {
            ("POST", true) => Post(http),
            ("HEAD", false) => Head(http),
            ("PATCH", false) => Patch(http),
            ("DELETE", false) => Delete(http),
            _ => throw UploadMethods.NotAllowed(creates),
        };
    }

    private static void CheckVersion(HttpContext http)
    {
        http.Response.Headers[TusHeaders.Resumable] = TusHeaders.Version;
        if (http.Request.Headers[TusHeaders.Resumable] != TusHeaders.Version)
        {
            throw new ProblemException(ProblemKind.UnsupportedVersion, "Send `Tus-Resumable: 1.0.0`.")
                .WithHeader(TusHeaders.SupportedVersions, TusHeaders.Version);
        }
    }

    /// <summary>
    /// Creates an upload: extensions creation, creation-defer-length, creation-with-upload,
    /// concatenation and concatenation-unfinished.
    /// </summary>
    private async Task Post(HttpContext http)
    {
        var request = http.Request;
        var metadata = UploadMetadata.Read(request.Headers, options.MaxMetadata.Bytes);
        var job = request.RouteValues.TryGetValue("job", out var key) ? Parse.Job(key as string) : metadata.Job;
        var concat = TusHeaders.Concat(request.Headers);
        var command = Command(request, metadata, concat);
        UploadRequests.SetForLog(request, job, command.Media);
        var hasBody = await HasBody(request);
        if (hasBody && concat.IsFinal)
            throw UploadProblems.TakesNoBytes();
        if (hasBody && request.ContentLength > command.Length)
            throw UploadProblems.TooLong(command.Length);
        using var digest = hasBody ? BodyDigest(request) : null;
        var outcome = IsSmallAndWhole(request, command, concat, hasBody)
            ? await uploads.Store(job, command, Body(request, offset: 0, length: null, digest))
            : await Create(job, command, hasBody, request, digest);
        var status = outcome.OrProblem(digest);
        TellExpiry(http.Response.Headers, status);
        await answers.Created(http, status);
    }

    /// <summary>
    /// Whether a small file comes whole with its creation, or an empty file is created.
    /// </summary>
    private static bool IsSmallAndWhole(
        HttpRequest request, CreateUpload command, ConcatHeader concat, bool hasBody) =>
        !concat.IsPartial
        && (command.Length == 0
            || (hasBody && command.Length <= UploadOptions.SmallBody && command.Length == request.ContentLength));

    private async Task<UploadOutcome> Create(
        string job, CreateUpload command, bool hasBody, HttpRequest request, BodyDigest? digest)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var outcome = await uploads.Create(job, command, hasBody, cancellation);
        // If the upload existed before and has bytes, this body, which begins at 0, is not read.
        // The client continues at the offset in the response.
        if (!hasBody || outcome.Status is not { Offset: 0 })
            return outcome;
        var body = Body(request, offset: 0, length: null, digest) with { ComesWithCreation = true };
        return await uploads.Append(job, command.Media, body, cancellation);
    }

    private async Task Head(HttpContext http)
    {
        var (job, media) = UploadRequests.Target(http.Request);
        var status = (await uploads.Resume(job, media, stopsHolder: false, http.RequestAborted)).OrProblem();
        var headers = http.Response.Headers;
        headers.CacheControl = "no-store";
        TellExpiry(headers, status);
        await answers.Tell(http, status);
        if (status.Length is { } length)
            headers[TusHeaders.UploadLength] = length.ToString();
        else if (!status.IsWaiting) // the parts of a final upload determine its length, not the client
            headers[TusHeaders.UploadDeferLength] = "1";
        if (status.Concat.Length > 0)
            headers[TusHeaders.UploadConcat] = status.Concat;
        if (status.RawMetadata.Length > 0)
            headers[TusHeaders.UploadMetadata] = status.RawMetadata;
    }

    private async Task Patch(HttpContext http)
    {
        var request = http.Request;
        var (job, media) = UploadRequests.Target(request);
        CheckBodyType(request);
        using var digest = BodyDigest(request);
        var offset = TusHeaders.Offset(request.Headers);
        var length = TusHeaders.Length(request.Headers, options.MaxUploadSize.Bytes);
        var outcome = await uploads.Append(job, media, Body(request, offset, length, digest), http.RequestAborted);
        var status = outcome.OrProblem(digest);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        TellExpiry(http.Response.Headers, status);
        await answers.Tell(http, status);
    }

    /// <summary>Ends an upload: extension termination.</summary>
    private async Task Delete(HttpContext http)
    {
        var (job, media) = UploadRequests.Target(http.Request);
        if (await uploads.End(job, media, http.RequestAborted) is { } refusal)
            throw refusal.ToException();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>
    /// The command that creates the upload. The server chooses the id of a partial upload, because
    /// clients send the metadata of the whole file, with its id, for each part.
    /// </summary>
    private CreateUpload Command(HttpRequest request, UploadMetadata metadata, ConcatHeader concat) =>
        ReprDigest.AddTo(request, new CreateUpload
        {
            Media = concat.IsPartial ? ConcatPartIds.New() : metadata.Media,
            Device = metadata.Device,
            Description = metadata.Description,
            Length = concat.IsFinal ? null : TusHeaders.CreationLength(request.Headers, options.MaxUploadSize.Bytes),
            Sha256 = metadata.Sha256,
            RawMetadata = metadata.Raw,
            Concat = concat.Raw,
        });

    /// <summary>Writes when the upload expires: extension expiration.</summary>
    private void TellExpiry(IHeaderDictionary headers, UploadStatus status)
    {
        if (context.Expiry.Of(status) is { } expiresAt)
            headers[TusHeaders.UploadExpires] = expiresAt.ToString("R");
    }

    private static UploadBody Body(HttpRequest request, long offset, long? length, BodyDigest? digest) =>
        new(offset, length, UploadRequests.ContentLength(request), request.BodyReader, digest);

    /// <summary>
    /// The digest of the body: extensions checksum and checksum-trailer, or <c>Content-Digest</c>
    /// (RFC 9530), which any HTTP client may send.
    /// </summary>
    private static BodyDigest? BodyDigest(HttpRequest request)
    {
        if (TusChecksum.Header.IsIn(request) && DigestFields.ContentDigest.IsIn(request))
            throw TusChecksum.Header.Invalid("and Content-Digest both say what this body hashes to: send one of them.");
        return TusChecksum.Header.Read(request) ?? DigestFields.ContentDigest.Read(request);
    }

    /// <summary>
    /// Whether a creation has bytes in its body. If its length is not known, this waits for the
    /// first byte or the end: a creation without bytes needs no content type, even if its body is
    /// chunked.
    /// </summary>
    private async ValueTask<bool> HasBody(HttpRequest request)
    {
        var end = await context.Bodies.ReadEnd(request.BodyReader, UploadRequests.ContentLength(request));
        if (end == BodyEnd.Whole)
            return false;
        if (end != BodyEnd.TooLong)
            throw context.Bodies.Refused(end).ToException();
        CheckBodyType(request);
        return true;
    }

    private static void CheckBodyType(HttpRequest request)
    {
        UploadRequests.CheckNotEncoded(request);
        if (!UploadRequests.HasType(request, TusHeaders.OffsetContentType))
        {
            throw new ProblemException(
                ProblemKind.WrongContentType, $"Send the bytes with `Content-Type: {TusHeaders.OffsetContentType}`.");
        }
    }
}

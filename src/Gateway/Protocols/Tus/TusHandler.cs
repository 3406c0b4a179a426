using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>Reads tus 1.0.0 requests, has <see cref="UploadService"/> do the work, and writes tus answers.</summary>
internal sealed class TusHandler(
    UploadService uploads, UploadContext context, UploadAnswers answers, IngestOptions options)
{
    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="creates">Whether the URL is one where uploads are created; otherwise it is an upload's.</param>
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
            throw new ProblemException(ProblemKind.UnsupportedVersion, "Send `Tus-Resumable: 1.0.0`.")
                .WithHeader(TusHeaders.SupportedVersions, TusHeaders.Version);
    }

    /// <summary>creation, creation-defer-length, creation-with-upload, concatenation, concatenation-unfinished.</summary>
    private async Task Post(HttpContext http)
    {
        var request = http.Request;
        var metadata = UploadMetadata.Read(request.Headers, options.MaxMetadata.Bytes);
        var job = request.RouteValues.TryGetValue("job", out var key) ? Parse.Job(key as string) : metadata.Job;
        var concat = TusHeaders.Concat(request.Headers);
        var wanted = Wanted(request, metadata, concat);
        UploadRequests.Concerns(request, job, wanted.Media);
        var hasBody = await HasBody(request);
        if (hasBody && concat.IsFinal)
            throw UploadProblems.TakesNoBytes();
        if (hasBody && request.ContentLength > wanted.Length)
            throw UploadProblems.TooLong(wanted.Length);
        using var digest = hasBody ? BodyDigest(request) : null;
        var outcome = ComesWhole(request, wanted, concat, hasBody)
            ? await uploads.Store(job, wanted, Body(request, offset: 0, length: null, digest))
            : await Create(job, wanted, hasBody, request, digest);
        var status = outcome.OrProblem(digest);
        TellExpiry(http.Response.Headers, status);
        await answers.Created(http, status);
    }

    /// <summary>Whether a small file comes whole with its creation.</summary>
    private static bool ComesWhole(HttpRequest request, CreateUpload wanted, ConcatHeader concat, bool hasBody) =>
        !concat.IsPartial
        && (wanted.Length == 0
            || (hasBody && wanted.Length <= UploadOptions.SmallBody && wanted.Length == request.ContentLength));

    private async Task<UploadOutcome> Create(
        string job, CreateUpload wanted, bool hasBody, HttpRequest request, BodyDigest? digest)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var outcome = await uploads.Create(job, wanted, hasBody, cancellation);
        // An upload that was there already has its offset, and this body begins at 0: the client goes on from the answer.
        if (!hasBody || outcome.Status is not { Offset: 0 })
            return outcome;
        var body = Body(request, offset: 0, length: null, digest) with { ComesWithCreation = true };
        return await uploads.Append(job, wanted.Media, body, cancellation);
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
        else if (!status.IsWaiting)
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
        MustBeBytes(request);
        using var digest = BodyDigest(request);
        var offset = TusHeaders.Offset(request.Headers);
        var length = TusHeaders.Length(request.Headers, options.MaxUploadSize.Bytes);
        var outcome = await uploads.Append(job, media, Body(request, offset, length, digest), http.RequestAborted);
        var status = outcome.OrProblem(digest);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        TellExpiry(http.Response.Headers, status);
        await answers.Tell(http, status);
    }

    /// <summary>termination.</summary>
    private async Task Delete(HttpContext http)
    {
        var (job, media) = UploadRequests.Target(http.Request);
        if (await uploads.End(job, media, http.RequestAborted) is { } refusal)
            refusal.Throw();
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>
    /// What the client wants to upload. A partial upload gets an id of its own, because clients give each part the metadata of
    /// the file that it belongs to.
    /// </summary>
    private CreateUpload Wanted(HttpRequest request, UploadMetadata metadata, ConcatHeader concat) =>
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

    /// <summary>expiration.</summary>
    private void TellExpiry(IHeaderDictionary headers, UploadStatus status)
    {
        if (context.Expiry.Of(status) is { } expiresAt)
            headers[TusHeaders.UploadExpires] = expiresAt.ToString("R");
    }

    private static UploadBody Body(HttpRequest request, long offset, long? length, BodyDigest? digest) =>
        new(offset, length, UploadRequests.ContentLength(request), request.BodyReader, digest);

    /// <summary>checksum, checksum-trailer; or Content-Digest, which any HTTP client may send.</summary>
    private static BodyDigest? BodyDigest(HttpRequest request)
    {
        if (TusChecksum.Header.IsIn(request) && DigestFields.ContentDigest.IsIn(request))
            throw TusChecksum.Header.Invalid("and Content-Digest both say what this body hashes to: send one of them.");
        return TusChecksum.Header.Read(request) ?? DigestFields.ContentDigest.Read(request);
    }

    /// <summary>
    /// Whether a creation brings bytes. One without any needs no content type, in whatever framing its body comes.
    /// </summary>
    private async ValueTask<bool> HasBody(HttpRequest request)
    {
        var end = await context.Bodies.ReadEnd(request.BodyReader, UploadRequests.ContentLength(request));
        if (end == BodyEnd.Whole)
            return false;
        if (end != BodyEnd.TooLong)
            context.Bodies.Refused(end).Throw();
        MustBeBytes(request);
        return true;
    }

    private static void MustBeBytes(HttpRequest request)
    {
        UploadRequests.MustNotBeEncoded(request);
        if (!UploadRequests.HasType(request, TusHeaders.OffsetContentType))
            throw new ProblemException(
                ProblemKind.WrongContentType, $"Send the bytes with `Content-Type: {TusHeaders.OffsetContentType}`.");
    }
}

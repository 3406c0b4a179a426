using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Gateway.Uploads.Parts;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Protocols.Tus;

/// <summary>
/// Reads tus requests, lets <see cref="UploadCreation"/>, <see cref="WholeUploads"/> and <see cref="UploadService"/> do the work, and writes tus answers.
/// </summary>
internal sealed class TusHandler(
    UploadCreation creation, WholeUploads wholes, UploadService service, UploadBodies bodies, UploadAnswers answers,
    UploadExpiry expiry, IngestOptions options)
{
    public Task Handle(HttpContext context, bool creates)
    {
        CheckVersion(context);
        return (context.Request.Method, creates) switch
        {
            ("POST", true) => Post(context),
            ("HEAD", false) => Head(context),
            ("PATCH", false) => Patch(context),
            ("DELETE", false) => Delete(context),
            _ => throw UploadEndpoints.MethodNotAllowed(creates),
        };
    }

    private static void CheckVersion(HttpContext context)
    {
        context.Response.Headers[TusHeaders.Resumable] = TusHeaders.Version;
        if (context.Request.Headers[TusHeaders.Resumable] != TusHeaders.Version)
            throw new ProblemException(ProblemKind.UnsupportedVersion, "Send `Tus-Resumable: 1.0.0`.")
                .WithHeader(TusHeaders.SupportedVersions, TusHeaders.Version);
    }

    /// <summary>creation, creation-defer-length, creation-with-upload.</summary>
    private async Task Post(HttpContext context)
    {
        var request = context.Request;
        var metadata = UploadMetadata.Read(request.Headers, options.MaxMetadata.Bytes);
        var job = request.RouteValues.TryGetValue("job", out var key) ? Parse.Job(key as string) : metadata.Job;
        var concat = UploadConcat.Parse(request.Headers[TusHeaders.UploadConcat].ToString());
        var command = Creation(request, metadata, concat);
        UploadRequests.Concerns(request, job, command.Media);
        var hasBody = await HasBody(request);
        if (hasBody && request.ContentLength > command.Length)
            throw new ProblemException(ProblemKind.BodyTooLong, $"The upload has {command.Length} bytes in all.");
        using var digest = hasBody ? BodyDigest(request) : null;
        var isWhole = !concat.IsPartial && (command.Length == 0 || (hasBody && command.Length <= UploadRequests.SmallBody && command.Length == request.ContentLength));
        var status = await (concat.IsFinal ? CreateFinal(job, command, hasBody, request)
            : isWhole ? wholes.Create(job, command, request.BodyReader, digest)
            : Create(job, command, hasBody, request, digest));
        TellExpiry(context.Response.Headers, status);
        await answers.Created(context, status);
    }

    /// <summary>concatenation, concatenation-unfinished.</summary>
    private Task<UploadStatus> CreateFinal(string job, CreateUpload command, bool hasBody, HttpRequest request) =>
        hasBody ? throw Refusals.ToFinal() : creation.CreateFinal(job, command, request.HttpContext.RequestAborted);

    private async Task<UploadStatus> Create(string job, CreateUpload command, bool hasBody, HttpRequest request, BodyDigest? digest)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var status = await (command.Concat.Length > 0 ? creation.CreatePartial(job, command) : creation.Create(job, command, hasBody, cancellation));
        // An upload that was there already has its offset, and this body begins at 0: the client goes on from the answer.
        return hasBody && status.Offset == 0
            ? await service.Append(job, command.Media, Append(request, offset: 0, length: null, digest) with { ComesWithCreation = true }, cancellation)
            : status;
    }

    private async Task Head(HttpContext context)
    {
        var (job, media) = UploadRequests.Target(context.Request);
        var status = await service.Resume(job, media, context.RequestAborted);
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        TellExpiry(headers, status);
        await answers.Tell(context, status);
        if (status.Length is { } length)
            headers[TusHeaders.UploadLength] = length.ToString();
        else if (!status.IsWaiting)
            headers[TusHeaders.UploadDeferLength] = "1";
        if (status.Concat.Length > 0)
            headers[TusHeaders.UploadConcat] = status.Concat;
        if (status.RawMetadata.Length > 0)
            headers[TusHeaders.UploadMetadata] = status.RawMetadata;
    }

    private async Task Patch(HttpContext context)
    {
        var (job, media) = UploadRequests.Target(context.Request);
        MustBeBytes(context.Request);
        using var digest = BodyDigest(context.Request);
        var append = Append(
            context.Request, TusHeaders.Offset(context.Request.Headers),
            TusHeaders.Length(context.Request.Headers, options.MaxUploadSize.Bytes), digest);
        var status = await service.Append(job, media, append, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        TellExpiry(context.Response.Headers, status);
        await answers.Tell(context, status);
    }

    /// <summary>termination.</summary>
    private async Task Delete(HttpContext context)
    {
        var (job, media) = UploadRequests.Target(context.Request);
        await service.End(job, media, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A partial upload has an id of its own: clients give each the metadata of the file that it is a part of.</summary>
    private CreateUpload Creation(HttpRequest request, UploadMetadata metadata, UploadConcat concat) => ReprDigest.AddTo(request, new CreateUpload
    {
        Media = concat.IsPartial ? PartialIds.New() : metadata.Media,
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
        if (expiry.Of(status) is { } expiresAt)
            headers[TusHeaders.UploadExpires] = expiresAt.ToString("R");
    }

    private static UploadAppend Append(HttpRequest request, long offset, long? length, BodyDigest? digest) =>
        new(offset, length, UploadRequests.ContentLength(request), request.BodyReader, digest);

    /// <summary>checksum, checksum-trailer; and what any HTTP client may say instead.</summary>
    private static BodyDigest? BodyDigest(HttpRequest request)
    {
        if (TusChecksum.Header.IsIn(request) && DigestFields.ContentDigest.IsIn(request))
            throw TusChecksum.Header.Invalid("and Content-Digest both say what this body hashes to: send one of them.");
        return TusChecksum.Header.Read(request) ?? DigestFields.ContentDigest.Read(request);
    }

    /// <summary>
    /// Whether a creation brings bytes. One without any needs no type, in whatever framing its body comes.
    /// </summary>
    private async ValueTask<bool> HasBody(HttpRequest request)
    {
        if (await bodies.IsEmpty(request.BodyReader, UploadRequests.ContentLength(request)))
            return false;
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

using OrleansIngest.Gateway.Digests;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Tus;

/// <summary>Reads tus requests, lets the <see cref="UploadService"/> do the work, and writes tus answers.</summary>
internal sealed class TusHandler(
    UploadService service, PlaceClaims claims, ReceiptSigner receipts, ReprDigest digests, IMediaStore store, IngestOptions options, TimeProvider time)
{
    /// <summary>A body of at most so many bytes that comes whole with its creation is decided on in one step.</summary>
    private const long SmallBody = 1 << 20;

    public Task Handle(HttpContext context, string method, bool creates) => (method, creates) switch
    {
        ("POST", true) => Post(context),
        ("HEAD", false) => Head(context),
        ("PATCH", false) => Patch(context),
        ("DELETE", false) => Delete(context),
        _ => throw new ProblemException(ProblemKind.MethodNotAllowed, "See Allow for what is possible.")
            .WithHeader("Allow", creates ? "POST, OPTIONS" : "HEAD, PATCH, DELETE, OPTIONS"),
    };

    /// <summary>creation, creation-defer-length, creation-with-upload.</summary>
    private async Task Post(HttpContext context)
    {
        var request = context.Request;
        var metadata = UploadMetadata.Read(request.Headers, options.MaxMetadataBytes);
        var job = request.RouteValues.TryGetValue("job", out var key) ? Parse.Job(key as string) : metadata.Job;
        var concat = UploadConcat.Parse(request.Headers[TusHeaders.UploadConcat].ToString());
        var command = Creation(request, metadata, concat);
        (request.RouteValues["job"], request.RouteValues["media"]) = (job, command.Media); // for the log, should something fail
        var hasBody = HasBody(request);
        if (hasBody && request.ContentLength > command.Length)
            throw new ProblemException(ProblemKind.BodyTooLong, $"The upload has {command.Length} bytes in all.");
        using var digest = hasBody ? BodyDigest(request) : null;
        var isWhole = !concat.IsPartial && (command.Length == 0 || (hasBody && command.Length <= SmallBody && command.Length == request.ContentLength));
        await Created(context, await (concat.IsFinal ? CreateFinal(job, command, hasBody, request)
            : isWhole ? CreateWhole(job, command, request, digest)
            : Create(job, command, hasBody, request, digest)));
    }

    /// <summary>concatenation, concatenation-unfinished.</summary>
    private Task<UploadStatus> CreateFinal(string job, CreateUpload command, bool hasBody, HttpRequest request) =>
        hasBody ? throw Refusals.ToFinal() : service.CreateFinal(job, command, request.HttpContext.RequestAborted);

    private async Task<UploadStatus> CreateWhole(string job, CreateUpload command, HttpRequest request, BodyDigest? digest)
    {
        using var claim = claims.New(command.Length!.Value);
        return await service.CreateWhole(job, command with { Place = claim.Place }, claim, request.BodyReader, digest);
    }

    private async Task<UploadStatus> Create(string job, CreateUpload command, bool hasBody, HttpRequest request, BodyDigest? digest)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var placed = command with { Place = store.NewPlace() };
        var status = await (placed.Concat.Length > 0 ? service.CreatePartial(job, placed) : service.Create(job, placed, cancellation));
        // An upload that was there already has its offset, and this body begins at 0: the client goes on from the answer.
        return hasBody && status.Offset == 0
            ? await service.Append(job, command.Media, Append(request, offset: 0, length: null, digest), cancellation)
            : status;
    }

    private async Task Head(HttpContext context)
    {
        var (job, media) = Target(context);
        var status = await service.Resume(job, media, context.RequestAborted);
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        await Tell(context, status);
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
        var (job, media) = Target(context);
        if (!HasOffsetType(context.Request))
            throw WrongType();
        using var digest = BodyDigest(context.Request);
        var append = Append(
            context.Request, TusHeaders.Offset(context.Request.Headers),
            TusHeaders.Length(context.Request.Headers, options.MaxUploadBytes), digest);
        var status = await service.Append(job, media, append, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        await Tell(context, status);
    }

    /// <summary>termination.</summary>
    private async Task Delete(HttpContext context)
    {
        var (job, media) = Target(context);
        await service.End(job, media, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A partial upload has an id of its own: clients give each the metadata of the file that it is a part of.</summary>
    private CreateUpload Creation(HttpRequest request, UploadMetadata metadata, UploadConcat concat) => ReprDigest.AddTo(request, new CreateUpload
    {
        Media = concat.IsPartial ? Guid.CreateVersion7() : metadata.Media,
        Device = metadata.Device,
        Description = metadata.Description,
        Length = concat.IsFinal ? null : TusHeaders.CreationLength(request.Headers, options.MaxUploadBytes),
        Sha256 = metadata.Sha256,
        RawMetadata = metadata.Raw,
        Concat = concat.Raw,
        ExpiresAt = time.GetUtcNow() + options.UploadExpiry,
    });

    private async Task Created(HttpContext context, UploadStatus status)
    {
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.Headers.Location = $"/jobs/{status.Job}/uploads/{status.Media}";
        await Tell(context, status);
    }

    /// <summary>How far the upload is and when it ends by itself (expiration); and when it is complete, the receipt and the hash.</summary>
    private async Task Tell(HttpContext context, UploadStatus status)
    {
        var headers = context.Response.Headers;
        if (!status.IsWaiting)
            headers[TusHeaders.UploadOffset] = status.Offset.ToString();
        if (status.ExpiresAt is { } expiresAt)
            headers[TusHeaders.UploadExpires] = expiresAt.ToString("R");
        if (status.Sha256 is { } sha256)
            headers[TusHeaders.UploadReceipt] = receipts.Sign(status.Job, status.Media, status.Offset, sha256);
        await digests.Tell(context, status);
    }

    private static UploadAppend Append(HttpRequest request, long offset, long? length, BodyDigest? digest) =>
        new(offset, length, HasContent(request) ? request.ContentLength : 0, request.BodyReader, digest);

    /// <summary>checksum, checksum-trailer; and what any HTTP client may say instead.</summary>
    private static BodyDigest? BodyDigest(HttpRequest request) => TusChecksum.Header.Read(request) ?? DigestFields.ContentDigest.Read(request);

    private static bool HasBody(HttpRequest request)
    {
        if (!HasContent(request))
            return false;
        return HasOffsetType(request) ? true : throw WrongType();
    }

    /// <summary>A body without a length is a chunked one, or on HTTP/2 one that ends when it ends.</summary>
    private static bool HasContent(HttpRequest request) => request.ContentLength > 0
        || (request.ContentLength is null && request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true });

    private static bool HasOffsetType(HttpRequest request) =>
        string.Equals(request.ContentType, TusHeaders.OffsetContentType, StringComparison.OrdinalIgnoreCase);

    private static ProblemException WrongType() =>
        new(ProblemKind.WrongContentType, $"Send the bytes with `Content-Type: {TusHeaders.OffsetContentType}`.");

    private static (string Job, Guid Media) Target(HttpContext context) =>
        (Parse.Job(context.Request.RouteValues["job"] as string), Parse.Media(context.Request.RouteValues["media"] as string));
}

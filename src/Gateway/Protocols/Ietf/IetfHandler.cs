using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Handles requests of Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload) in all
/// versions that phones send: translates them to calls of <see cref="UploadService"/>, and the
/// outcomes to responses.
/// </summary>
internal sealed class IetfHandler(
    UploadService uploads, PlainHandler plain, IetfAnswers answers, UploadAnnouncements announcements,
    IngestOptions options, TimeProvider time)
{
    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="creates">
    /// Whether the URL is one where uploads are created; otherwise it is the URL of an upload.
    /// </param>
    /// <exception cref="ProblemException">The request was refused.</exception>
    public async Task Handle(HttpContext context, bool creates)
    {
        var ietf = IetfRequest.Read(context.Request);
        IetfAnswers.Begin(context.Response.Headers, ietf.Version);
        try
        {
            await Answer(context, ietf, creates);
        }
        catch (ProblemException problem)
        {
            IetfAnswers.TellWhetherComplete(context.Response.Headers, ietf.Version, IetfProblems.EndsUpload(problem));
            throw IetfProblems.Translate(problem, ietf);
        }
    }

    private Task Answer(HttpContext context, IetfRequest ietf, bool creates) =>
        (context.Request.Method, creates) switch
        {
            ("POST" or "PUT" or "PATCH", true) or ("PUT", false) => Post(context, ietf),
            ("HEAD" or "GET", false) => Head(context, ietf),
            ("PATCH", false) => Patch(context, ietf),
            ("DELETE", false) => Delete(context, ietf),
            _ => throw UploadMethods.NotAllowed(creates),
        };

    /// <summary>Upload creation.</summary>
    private async Task Post(HttpContext context, IetfRequest ietf)
    {
        // The request is an ordinary upload if it has no Upload-Complete, or if it brings the whole
        // file and the client speaks an unknown version, in which it cannot receive the URL in a
        // 104.
        if (ietf.Completes is not { } isLast || (isLast && !ietf.Version.IsKnown))
        {
            await plain.Store(context);
            IetfAnswers.TellWhetherComplete(context.Response.Headers, ietf.Version, isComplete: true);
            return;
        }
        var request = context.Request;
        var job = UploadRequests.Job(request);
        var length = ietf.TotalLength(0, isLast);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        var command = FileHeaders.Creation(request, length);
        UploadRequests.SetForLog(request, job, command.Media);
        using var digest = DigestFields.ContentDigest.Read(request);
        var outcome = isLast && await IsStoredWhole(request, ietf)
            ? await uploads.Store(job, command, Body(ietf, 0, request, digest))
            : await Create(job, command, ietf, request, digest);
        await answers.Created(context, ietf.Version, outcome.OrProblem(digest));
    }

    /// <summary>
    /// Whether a file is stored without recording an open upload first: because it is small and
    /// arrives fast, or because the client could not resume it. In the second case every broken
    /// connection would leave an open upload that no request continues.
    /// </summary>
    private async ValueTask<bool> IsStoredWhole(HttpRequest request, IetfRequest ietf)
    {
        if (ietf.ContentLength is not { } length)
            return false;
        return !await CanResume(request, ietf)
            || (length <= UploadOptions.SmallBody && await Arrival.IsFast(request.BodyReader, time));
    }

    /// <summary>
    /// Whether the client knows the URL of the upload before the response: it has chosen the URL,
    /// or a 104 can be sent.
    /// </summary>
    private async ValueTask<bool> CanResume(HttpRequest request, IetfRequest ietf) =>
        UploadRequests.HasId(request) || await announcements.CanSend(request.HttpContext, ietf.Version);

    private async Task<UploadOutcome> Create(
        string job, CreateUpload command, IetfRequest ietf, HttpRequest request, BodyDigest? digest)
    {
        var (cancellation, hasBody) = (request.HttpContext.RequestAborted, ietf.ContentLength != 0);
        var outcome = await uploads.Create(job, command, hasBody, cancellation);
        if (outcome.Status is not { } status)
            return outcome;
        await announcements.Created(request.HttpContext, ietf.Version, status);
        if (!hasBody)
            return status;
        var body = Body(ietf, 0, request, digest);
        if (status is { Offset: 0, IsComplete: false })
            return await uploads.Append(job, command.Media, body with { ComesWithCreation = true }, cancellation);
        // The upload existed before, and this body begins at 0. A client that sends the whole file
        // takes a success to mean that the server has this file. So the server stores the body
        // again, which compares it, unless the client's hash has already identified the file. A
        // client that sends a part continues at the offset in the response.
        var isIdentified = status.IsComplete && (command.Sha256 is not null || command.Sha512 is not null);
        return ietf.Completes == true && !isIdentified ? await uploads.Store(job, command, body) : status;
    }

    /// <summary>
    /// Offset retrieval. A client that sends HEAD has lost its connection, so the server stops a
    /// request that still sends the upload: the offset in the response must remain valid. A GET
    /// does not stop it, because it may come from a browser that only displays the URL.
    /// </summary>
    private async Task Head(HttpContext context, IetfRequest ietf)
    {
        CheckHasNoState(ietf);
        var (job, media) = UploadRequests.Target(context.Request);
        var stopsHolder = HttpMethods.IsHead(context.Request.Method);
        var status = (await uploads.Resume(job, media, stopsHolder, context.RequestAborted)).OrProblem();
        if (status.IsWaiting)
            throw UploadProblems.TakesNoBytes(); // the response must have an offset, and there is none
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.CacheControl = "no-store";
        headers[UploadHeaders.Length] = status.Length?.ToString();
        await answers.Tell(context, ietf.Version, status);
    }

    /// <summary>Upload append.</summary>
    private async Task Patch(HttpContext context, IetfRequest ietf)
    {
        var request = context.Request;
        var (job, media) = UploadRequests.Target(request);
        UploadRequests.CheckNotEncoded(request);
        if (ietf.Version.HasType && !UploadRequests.HasType(request, IetfHeaders.PartialUpload))
        {
            throw new ProblemException(
                ProblemKind.WrongContentType, $"Send the bytes with `Content-Type: {IetfHeaders.PartialUpload}`.");
        }
        if (ietf.Offset is not { } offset)
            throw new ProblemException(ProblemKind.InvalidOffset, "Upload-Offset must be there, and a whole number.");
        using var digest = DigestFields.ContentDigest.Read(request);
        var outcome = await uploads.Append(job, media, Body(ietf, offset, request, digest), context.RequestAborted);
        var status = outcome.OrProblem(digest);
        context.Response.StatusCode = ietf.Version.PartStatus;
        await (status.IsComplete
            ? answers.Created(context, ietf.Version, status) // the response that the creation would have had
            : answers.Tell(context, ietf.Version, status));
    }

    /// <summary>Upload cancellation.</summary>
    private async Task Delete(HttpContext context, IetfRequest ietf)
    {
        CheckHasNoState(ietf);
        var (job, media) = UploadRequests.Target(context.Request);
        if (await uploads.End(job, media, context.RequestAborted) is { } refusal)
            throw refusal.ToException();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        // The upload no longer exists, so the response does not describe its state.
        context.Response.Headers.Remove(IetfHeaders.Complete);
        context.Response.Headers.Remove(IetfHeaders.Incomplete);
    }

    private UploadBody Body(IetfRequest ietf, long offset, HttpRequest request, BodyDigest? digest)
    {
        if ((ietf.Completes ?? (ietf.Version.EndsByDefault ? true : null)) is not { } isLast)
            throw new ProblemException(ProblemKind.InvalidArgument, "Upload-Complete must be there, and ?0 or ?1.");
        return new UploadBody(offset, ietf.TotalLength(offset, isLast), ietf.ContentLength, request.BodyReader, digest)
        {
            IsLast = isLast,
            MustFit = true,
            Progress = announcements.Progress(request.HttpContext, ietf.Version),
        };
    }

    private static void CheckHasNoState(IetfRequest ietf)
    {
        if (ietf.Version.ForbidsStateInQueries && ietf.HasState)
        {
            throw new ProblemException(
                ProblemKind.InvalidArgument,
                "Send this request without Upload-Offset, Upload-Complete and Upload-Length.");
        }
    }
}

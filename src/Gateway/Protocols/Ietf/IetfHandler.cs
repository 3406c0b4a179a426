using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Reads requests of Resumable Uploads for HTTP, in all the forms that phones send, has <see cref="UploadService"/> do the
/// work, and writes answers.
/// </summary>
internal sealed class IetfHandler(
    UploadService uploads, PlainHandler plain, IetfAnswers answers, Announcements announcements,
    IngestOptions options, TimeProvider time)
{
    public async Task Handle(HttpContext context, bool creates)
    {
        var asked = IetfRequest.Read(context.Request);
        IetfAnswers.Begin(context.Response.Headers, asked.Version);
        try
        {
            await Answer(context, asked, creates);
        }
        catch (ProblemException problem)
        {
            IetfAnswers.TellWhetherComplete(context.Response.Headers, asked.Version, IetfProblems.EndsUpload(problem));
            throw IetfProblems.Translate(problem, asked);
        }
    }

    private Task Answer(HttpContext context, IetfRequest asked, bool creates) => (context.Request.Method, creates) switch
    {
        ("POST" or "PUT" or "PATCH", true) or ("PUT", false) => Post(context, asked),
        ("HEAD" or "GET", false) => Head(context, asked),
        ("PATCH", false) => Patch(context, asked),
        ("DELETE", false) => Delete(context, asked),
        _ => throw UploadMethods.NotAllowed(creates),
    };

    /// <summary>Upload creation.</summary>
    private async Task Post(HttpContext context, IetfRequest asked)
    {
        // A client that does not ask for an upload, or that cannot learn where it is before all has come, sends an ordinary
        // request.
        if (asked.Completes is not { } isLast || (isLast && !asked.Version.IsKnown))
        {
            await plain.Store(context);
            IetfAnswers.TellWhetherComplete(context.Response.Headers, asked.Version, isComplete: true);
            return;
        }
        var request = context.Request;
        var job = UploadRequests.Job(request);
        var length = asked.TotalLength(0, isLast);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        var command = FileHeaders.Creation(request, length);
        UploadRequests.Concerns(request, job, command.Media);
        using var digest = DigestFields.ContentDigest.Read(request);
        var outcome = isLast && await ComesWhole(request, asked)
            ? await uploads.Store(job, command, Body(asked, 0, request, digest))
            : await Create(job, command, asked, request, digest);
        await answers.Created(context, asked.Version, outcome.OrProblem(digest));
    }

    /// <summary>
    /// Whether nothing is begun before all of a file is here: because it is small and fast, or because its client could
    /// not go on with it. Then each cut would leave an upload that nobody ever finishes.
    /// </summary>
    private async ValueTask<bool> ComesWhole(HttpRequest request, IetfRequest asked)
    {
        if (asked.ContentLength is not { } length)
            return false;
        return !await CanGoOn(request, asked)
            || (length <= UploadOptions.SmallBody && await Arrival.IsFast(request.BodyReader, time));
    }

    /// <summary>Whether the client knows the upload's URL before the answer: it chose it, or a 104 says it.</summary>
    private async ValueTask<bool> CanGoOn(HttpRequest request, IetfRequest asked) =>
        UploadRequests.HasId(request) || await announcements.CanTell(request.HttpContext, asked.Version);

    private async Task<UploadOutcome> Create(
        string job, CreateUpload wanted, IetfRequest asked, HttpRequest request, BodyDigest? digest)
    {
        var (cancellation, hasBody) = (request.HttpContext.RequestAborted, asked.ContentLength != 0);
        var outcome = await uploads.Create(job, wanted, hasBody, cancellation);
        if (outcome.Status is not { } status)
            return outcome;
        await announcements.Created(request.HttpContext, asked.Version, status);
        if (!hasBody)
            return status;
        var body = Body(asked, 0, request, digest);
        if (status is { Offset: 0, IsComplete: false })
            return await uploads.Append(job, wanted.Media, body with { ComesWithCreation = true }, cancellation);
        // The upload was there already, and this body begins at 0. A client that sends the whole file takes success for all
        // of it, so all of it is compared, unless its hash said what it is. A client that sends a part goes on from the answer.
        var isKnown = status.IsComplete && (wanted.Sha256 is not null || wanted.Sha512 is not null);
        return asked.Completes == true && !isKnown ? await uploads.Store(job, wanted, body) : status;
    }

    /// <summary>
    /// Offset retrieval. A client that asks with HEAD has lost its connection: a request that still sends the upload is stopped,
    /// so that the offset holds. A GET may come from a browser that only looks.
    /// </summary>
    private async Task Head(HttpContext context, IetfRequest asked)
    {
        MustBeQuestion(asked);
        var (job, media) = UploadRequests.Target(context.Request);
        var stopsHolder = HttpMethods.IsHead(context.Request.Method);
        var status = (await uploads.Resume(job, media, stopsHolder, context.RequestAborted)).OrProblem();
        if (status.IsWaiting)
            throw UploadProblems.TakesNoBytes(); // this protocol demands an offset, and there is none
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.CacheControl = "no-store";
        headers[UploadHeaders.Length] = status.Length?.ToString();
        await answers.Tell(context, asked.Version, status);
    }

    /// <summary>Upload append.</summary>
    private async Task Patch(HttpContext context, IetfRequest asked)
    {
        var request = context.Request;
        var (job, media) = UploadRequests.Target(request);
        UploadRequests.MustNotBeEncoded(request);
        if (asked.Version.HasType && !UploadRequests.HasType(request, IetfHeaders.PartialUpload))
            throw new ProblemException(ProblemKind.WrongContentType, $"Send the bytes with `Content-Type: {IetfHeaders.PartialUpload}`.");
        if (asked.Offset is not { } offset)
            throw new ProblemException(ProblemKind.InvalidOffset, "Upload-Offset must be there, and a whole number.");
        using var digest = DigestFields.ContentDigest.Read(request);
        var outcome = await uploads.Append(job, media, Body(asked, offset, request, digest), context.RequestAborted);
        var status = outcome.OrProblem(digest);
        context.Response.StatusCode = asked.Version.PartStatus;
        await (status.IsComplete
            ? answers.Created(context, asked.Version, status) // as if all of it had come with the creation
            : answers.Tell(context, asked.Version, status));
    }

    /// <summary>Upload cancellation.</summary>
    private async Task Delete(HttpContext context, IetfRequest asked)
    {
        MustBeQuestion(asked);
        var (job, media) = UploadRequests.Target(context.Request);
        if (await uploads.End(job, media, context.RequestAborted) is { } refusal)
            refusal.Throw();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Remove(IetfHeaders.Complete);
        context.Response.Headers.Remove(IetfHeaders.Incomplete);
    }

    private UploadBody Body(IetfRequest asked, long offset, HttpRequest request, BodyDigest? digest)
    {
        if ((asked.Completes ?? (asked.Version.EndsByDefault ? true : null)) is not { } isLast)
            throw new ProblemException(ProblemKind.InvalidArgument, "Upload-Complete must be there, and ?0 or ?1.");
        return new UploadBody(offset, asked.TotalLength(offset, isLast), asked.ContentLength, request.BodyReader, digest)
        {
            IsLast = isLast,
            MustFit = true,
            Progress = announcements.Progress(request.HttpContext, asked.Version),
        };
    }

    private static void MustBeQuestion(IetfRequest asked)
    {
        if (asked.Version.ForbidsStateInQuestions && asked.HasState)
            throw new ProblemException(ProblemKind.InvalidArgument, "Where the upload is, is the answer: ask without Upload-Offset, Upload-Complete and Upload-Length.");
    }
}

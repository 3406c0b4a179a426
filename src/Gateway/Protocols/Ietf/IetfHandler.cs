using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Gateway.Protocols.Plain;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Uploads;
using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Protocols.Ietf;

/// <summary>
/// Reads requests of Resumable Uploads for HTTP, in all the forms that phones send, lets <see cref="UploadCreation"/>,
/// <see cref="WholeUploads"/> and <see cref="UploadService"/> do the work, and writes answers.
/// </summary>
internal sealed class IetfHandler(
    UploadCreation creation, WholeUploads wholes, UploadService service, PlainHandler plain, IetfAnswers answers, Announcements announcements,
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
        _ => throw UploadEndpoints.MethodNotAllowed(creates),
    };

    /// <summary>Upload creation.</summary>
    private async Task Post(HttpContext context, IetfRequest asked)
    {
        // Who does not ask for an upload, or would not learn where it is before all has come, sends an ordinary request.
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
        var status = isLast && await ComesWhole(request, asked)
            ? await wholes.Create(job, command, request.BodyReader, digest)
            : await Create(job, command, asked, request, digest);
        await answers.Created(context, asked.Version, status);
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
            || (length <= UploadRequests.SmallBody && await Arrival.IsFast(request.BodyReader, time));
    }

    /// <summary>Whether the client knows the upload's URL before its answer: it chose it, or a 104 says it.</summary>

    private async ValueTask<bool> CanGoOn(HttpRequest request, IetfRequest asked) =>
        UploadRequests.HasId(request) || await announcements.CanTell(request.HttpContext, asked.Version);

    private async Task<UploadStatus> Create(string job, CreateUpload command, IetfRequest asked, HttpRequest request, BodyDigest? digest)
    {
        var (cancellation, hasBody) = (request.HttpContext.RequestAborted, asked.ContentLength != 0);
        var status = await creation.Create(job, command, hasBody, cancellation);
        await announcements.Created(request.HttpContext, asked.Version, status);
        if (status is { Offset: 0, IsComplete: false })
            return hasBody
                ? await service.Append(job, command.Media, Append(asked, 0, request, digest) with { ComesWithCreation = true }, cancellation)
                : status;
        // The upload was there already, and this body begins at 0. Who sends the whole file takes success for all of it: so all of it
        // is looked at, unless its hash said what it is. Who sends a part goes on from the answer.
        var isKnown = status.IsComplete && (command.Sha256 is not null || command.Sha512 is not null);
        return hasBody && asked.Completes == true && !isKnown ? await wholes.Create(job, command, request.BodyReader, digest) : status;
    }

    /// <summary>
    /// Offset retrieval. Who asks with HEAD has lost its connection: a request that sends the upload all the same is stopped, so that the
    /// offset holds. A GET may be a browser's that visits.
    /// </summary>
    private async Task Head(HttpContext context, IetfRequest asked)
    {
        MustBeQuestion(asked);
        var (job, media) = UploadRequests.Target(context.Request);
        var status = await service.Resume(job, media, context.RequestAborted, stopsHolder: HttpMethods.IsHead(context.Request.Method));
        if (status.IsWaiting)
            throw Refusals.ToFinal(); // its offset must be said, and nobody can
        var headers = context.Response.Headers;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        headers.CacheControl = "no-store";
        headers[UploadAnswers.Length] = status.Length?.ToString();
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
        var status = await service.Append(job, media, Append(asked, offset, request, digest), context.RequestAborted);
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
        await service.End(job, media, context.RequestAborted);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.Remove(IetfHeaders.Complete);
        context.Response.Headers.Remove(IetfHeaders.Incomplete);
    }

    private UploadAppend Append(IetfRequest asked, long offset, HttpRequest request, BodyDigest? digest)
    {
        if ((asked.Completes ?? (asked.Version.EndsByDefault ? true : null)) is not { } isLast)
            throw new ProblemException(ProblemKind.InvalidArgument, "Upload-Complete must be there, and ?0 or ?1.");
        return new UploadAppend(offset, asked.TotalLength(offset, isLast), asked.ContentLength, request.BodyReader, digest)
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

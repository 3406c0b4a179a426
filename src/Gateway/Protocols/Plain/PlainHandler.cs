using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Plain;

/// <summary>
/// Stores a file that comes in one ordinary POST or PUT, as <c>curl --data-binary</c> and
/// <c>curl -T</c> send it. A client cannot resume such an upload, so the upload is not recorded
/// before the whole body has arrived, and a body that breaks off leaves nothing.
/// </summary>
internal sealed class PlainHandler(
    UploadService uploads, UploadAnswers answers, OriginGuard origins, IngestOptions options)
{
    /// <summary>Handles a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="creates">
    /// Whether the URL is one where uploads are created; otherwise it is the URL of an upload.
    /// </param>
    public Task Handle(HttpContext context, bool creates) => (context.Request.Method, creates) switch
    {
        ("POST" or "PUT", true) or ("PUT", false) => Store(context),
        _ => throw UploadMethods.NotAllowed(creates),
    };

    /// <summary>Stores the body as a media.</summary>
    /// <exception cref="ProblemException">The request was refused.</exception>
    public async Task Store(HttpContext context)
    {
        var request = context.Request;
        origins.Check(request);
        var length = UploadRequests.WholeLength(request);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        var job = UploadRequests.Job(request);
        var command = FileHeaders.Creation(request, length);
        using var digest = DigestFields.ContentDigest.Read(request);
        UploadRequests.SetForLog(request, job, command.Media);
        var contentLength = UploadRequests.ContentLength(request);
        var body = new UploadBody(Offset: 0, length, contentLength, request.BodyReader, digest);
        var outcome = await uploads.Store(job, command, body, mayBeEmpty: false);
        await answers.Created(context, outcome.OrProblem(digest));
    }
}

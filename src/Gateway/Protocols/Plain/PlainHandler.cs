using OrleansIngest.Gateway.Protocols.Digests;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Plain;

/// <summary>
/// Stores a file that comes in one ordinary POST or PUT, as <c>curl --data-binary</c> and <c>curl -T</c> send it. Nobody can go on
/// with such an upload, so nothing is started before all of it is here, and one that is cut leaves nothing.
/// </summary>
internal sealed class PlainHandler(UploadService uploads, UploadAnswers answers, OriginGuard origins, IngestOptions options)
{
    public Task Handle(HttpContext context, bool creates) => (context.Request.Method, creates) switch
    {
        ("POST" or "PUT", true) or ("PUT", false) => Store(context),
        _ => throw UploadMethods.NotAllowed(creates),
    };

    /// <summary>Stores the body as a media of its own.</summary>
    public async Task Store(HttpContext context)
    {
        var request = context.Request;
        origins.Check(request);
        var length = UploadRequests.WholeLength(request);
        UploadRequests.CheckSize(length, options.MaxUploadSize.Bytes);
        var job = UploadRequests.Job(request);
        var command = FileHeaders.Creation(request, length);
        using var digest = DigestFields.ContentDigest.Read(request);
        UploadRequests.Concerns(request, job, command.Media);
        var body = new UploadBody(Offset: 0, length, UploadRequests.ContentLength(request), request.BodyReader, digest);
        var outcome = await uploads.Store(job, command, body, mayBeEmpty: false);
        await answers.Created(context, outcome.OrProblem(digest));
    }
}

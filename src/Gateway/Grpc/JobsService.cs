using Google.Protobuf;
using Grpc.Core;
using OrleansIngest.Gateway.Downloads;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Receipts;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>Implements <c>ingest.v1.Jobs</c> (protos/ingest/v1/jobs.proto).</summary>
internal sealed class JobsService(
    IGrainFactory grains, IJobIndex index, UploadService uploads, ReceiptSigner receipts, GrpcProblems problems)
    : Jobs.JobsBase
{
    private const int MaxHashes = 1500;

    public override Task<Protos.V1.Job> GetJob(
        GetJobRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var view = await GrainCalls.Call(() => Grain(request.Job).Get());
        return view is null
            ? throw new ProblemException(
                ProblemKind.JobNotFound, "Nothing has ever arrived for this job, and no device announced anything.")
            : JobMapping.ToProto(view);
    });

    public override Task<ListJobsResponse> ListJobs(
        ListJobsRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var size = Pages.Size(request.PageSize);
        var start = Pages.Start(request.PageToken);
        // One row more than asked for: it tells whether there is a next page.
        var rows = await GrainCalls.Call(() => index.List(start, size + 1, context.CancellationToken));
        return new ListJobsResponse
        {
            Jobs = { rows.Take(size).Select(JobRows.ToProto) }, // rows are short: 1000 fit into a message
            NextPageToken = rows.Count > size ? Pages.Token(rows[size - 1].Job) : "",
        };
    });

    public override Task<ListMediaResponse> ListMedia(
        ListMediaRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var query = new MediaQuery
        {
            States = [.. request.States.Select(state => (ViewState)state)],
            Section = request.Section,
            Session = request.Session,
            Device = Parse.Device(request.Device),
            Start = Pages.Index(request.PageToken),
            Limit = Pages.Size(request.PageSize),
        };
        var page = await GrainCalls.Call(() => Grain(request.Job).ListMedia(query));
        var media = Pages.Fit(page.Media.Select(JobMapping.ToProto));
        // If the page was cut because of its size, the next one starts at the first media that
        // was left out.
        var next = media.Count < page.Media.Count ? page.Media[media.Count].Index : page.Next;
        return new ListMediaResponse
        {
            Media = { media },
            NextPageToken = next is { } index ? Pages.Token(index.ToString()) : "",
            AsOf = page.AsOf.ToProto(),
        };
    });

    public override Task<FindDuplicatesResponse> FindDuplicates(
        FindDuplicatesRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        if (request.Sha256.Count > MaxHashes || request.Sha256.Any(hash => hash.Length != Sha256Hash.Size))
        {
            throw new ProblemException(
                ProblemKind.InvalidArgument, $"Send at most {MaxHashes} SHA-256 of 32 bytes each.");
        }
        Sha256Hash[] hashes = [.. request.Sha256.Select(hash => Sha256Hash.FromBytes(hash.Span))];
        var known = await GrainCalls.Call(() => Grain(request.Job).FindDuplicates(hashes));
        return new FindDuplicatesResponse
        {
            AsOf = known.AsOf.ToProto(),
            Known = { known.Originals.Select(ToKnown) },
        };
    });

    public override Task<Receipt> GetReceipt(
        GetReceiptRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var job = Parse.Job(request.Job);
        var media = await StoredMedia.Find(grains, job, Parse.Media(request.Media));
        return new Receipt { Jws = receipts.Sign(job, media.Id, media.Length!.Value, media.Sha256!.Value) };
    });

    public override Task<DeleteMediaResponse> DeleteMedia(
        DeleteMediaRequest request, ServerCallContext context) => problems.Answer(async () =>
    {
        var command = new DeleteMedia { Media = Parse.Media(request.Media), WithDuplicates = request.WithDuplicates };
        var reply = await uploads.Delete(Parse.Job(request.Job), command) ?? throw UploadProblems.NotFound();
        return new DeleteMediaResponse
        {
            Deleted = { reply.Deleted.Select(id => id.ToString()) },
            Promoted = reply.Promoted?.ToString() ?? "",
        };
    });

    private static KnownMedia ToKnown(Grains.Model.Media media) => new()
    {
        Sha256 = ByteString.CopyFrom(media.Sha256!.Value.ToBytes()),
        Media = media.Id.ToString(),
        Device = media.Device,
    };

    private IJobGrain Grain(string job) => grains.Job(Parse.Job(job));
}

using Grpc.Core;
using OrleansIngest.Gateway.Feed;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using WatchManyRequest = OrleansIngest.Protos.V1.WatchManyRequest;
using WatchRequest = OrleansIngest.Protos.V1.WatchRequest;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// Implements <c>ingest.v1.ActivityFeed</c> (protos/ingest/v1/activity.proto): streams the activity
/// feed over gRPC.
/// </summary>
internal sealed class ActivityFeedService(ActivityFeed feed, IHostApplicationLifetime lifetime) : ActivityFeedBase
{
    private const int MaxJobs = 1000;

    private static readonly WriteOptions s_moreFollows = new(WriteFlags.BufferHint);

    public override Task Watch(
        WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context) =>
        Stream(() => feed.Watch([Watched(request.Job, request.After)], request.Progress), responses, context);

    public override Task WatchMany(
        WatchManyRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context) =>
        Stream(() => feed.Watch(Watched(request), request.Progress, request.Jobs), responses, context);

    private async Task Stream(
        Func<Watcher> watch, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context)
    {
        // A stream has no end of its own, so it must be cancelled when the server stops.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            using var watcher = watch();
            // Sends the headers now: a job may have no event for a long time, and the client must
            // see that its call was accepted.
            LiveResponse.DisableProxyBuffering(context.GetHttpContext().Response);
            await context.WriteResponseHeadersAsync([]);
            while (true)
                await Write(responses, await watcher.Next(ended.Token), ended.Token);
        }
        catch (Exception e) when (ToRpc(e) is not null)
        {
            throw ToRpc(e)!;
        }
    }

    /// <summary>Writes a batch of events with one flush, after the last event.</summary>
    private static async Task Write(
        IServerStreamWriter<EncodedEvent> responses, IReadOnlyList<EncodedEvent> events, CancellationToken cancellation)
    {
        for (var i = 0; i < events.Count; i++)
        {
            responses.WriteOptions = i < events.Count - 1 ? s_moreFollows : null;
            await responses.WriteAsync(events[i], cancellation);
        }
    }

    private static List<(string Job, Position After)> Watched(WatchManyRequest request)
    {
        var watched = request.Watched.Select(one => Watched(one.Job, one.After)).ToList();
        var least = request.Jobs ? 0 : 1;
        return watched.Count >= least && watched.Count <= MaxJobs && IsEachOnce(watched)
            ? watched
            : throw new ProblemException(
                ProblemKind.InvalidArgument, $"`watched` names 1 to {MaxJobs} jobs, each once; none only with `jobs`.");
    }

    private static bool IsEachOnce(List<(string Job, Position After)> watched) =>
        watched.DistinctBy(one => one.Job).Count() == watched.Count;

    private static (string Job, Position After) Watched(string job, Protos.V1.Position? after) => after switch
    {
        null => (Parse.Job(job), default),
        { Seq: >= 0 } => (Parse.Job(job), new Position(after.Seq, after.Checksum)),
        _ => throw new ProblemException(
            ProblemKind.InvalidArgument, "`after` is the position of the last event you have: its seq is 0 or more."),
    };

    private RpcException? ToRpc(Exception e) => e switch
    {
        ProblemException problem => GrpcProblems.ToRpc(problem.Kind, problem.Message),
        JournalException => GrpcProblems.ToRpc(
            ProblemKind.Unavailable, "The journal cannot be read now; watch again from the last position you have."),
        OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested =>
            GrpcProblems.ToRpc(ProblemKind.ShuttingDown, "Watch again in a moment, from the last position you have."),
        _ => null,
    };
}

using Grpc.Core;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using WatchRequest = OrleansIngest.Protos.V1.WatchRequest;

namespace OrleansIngest.Gateway.Grpc;

/// <summary><c>ingest.v1.ActivityFeed</c>; the proto is its reference. This is where the feed leaves over gRPC.</summary>
internal sealed class ActivityFeedService(ActivityFeed feed, IHostApplicationLifetime lifetime) : ActivityFeedBase
{
    private static readonly WriteOptions s_moreFollows = new(WriteFlags.BufferHint);

    public override async Task Watch(WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            using var cursor = await feed.Watch(Parse.Job(request.Job), After(request), request.Progress, either.Token);
            // A quiet job says nothing for a while, and the caller wants to know that it is heard.
            await context.WriteResponseHeadersAsync([]);
            while (true)
                await Write(responses, await cursor.Next(either.Token), either.Token);
        }
        catch (Exception e) when (ToRpc(e) is not null)
        {
            throw ToRpc(e)!;
        }
    }

    /// <summary>What was taken together is sent together: one flush, with the last event.</summary>
    private static async Task Write(IServerStreamWriter<EncodedEvent> responses, IReadOnlyList<EncodedEvent> events, CancellationToken cancellation)
    {
        for (var i = 0; i < events.Count; i++)
        {
            responses.WriteOptions = i < events.Count - 1 ? s_moreFollows : null;
            await responses.WriteAsync(events[i], cancellation);
        }
    }

    private static long After(WatchRequest request) => request.After >= 0
        ? request.After
        : throw new ProblemException(ProblemKind.InvalidArgument, "`after` is the seq of the last event you have: 0 or more.");

    private RpcException? ToRpc(Exception e) => e switch
    {
        FeedResetException => GrpcProblems.ToRpc(ProblemKind.FeedReset, e.Message),
        ProblemException problem => GrpcProblems.ToRpc(problem.Kind, problem.Message),
        JournalDamagedException => GrpcProblems.ToRpc(ProblemKind.HistoryDamaged, e.Message),
        JournalException => GrpcProblems.ToRpc(ProblemKind.Unavailable, "The journal cannot be read now; watch again from the last seq you have."),
        OperationCanceledException when lifetime.ApplicationStopping.IsCancellationRequested =>
            GrpcProblems.ToRpc(ProblemKind.ShuttingDown, "Watch again in a moment, from the last seq you have."),
        _ => null,
    };
}

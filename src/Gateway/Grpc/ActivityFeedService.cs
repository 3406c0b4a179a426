using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// <c>ingest.v1.ActivityFeed</c>. Bound by hand and not by generated code, because events are already encoded: what the
/// journal keeps is what a watcher gets, byte for byte.
/// </summary>
[BindServiceMethod(typeof(ActivityFeedService), nameof(Bind))]
internal sealed class ActivityFeedService(ActivityFeed feed, IHostApplicationLifetime lifetime)
{
    private static readonly Method<WatchRequest, EncodedEvent> s_watch = new(
        MethodType.ServerStreaming, "ingest.v1.ActivityFeed", nameof(Watch),
        Marshallers.Create(static (_, _) => throw new NotSupportedException(), static context => WatchRequest.Parser.ParseFrom(context.PayloadAsReadOnlySequence())),
        Marshallers.Create<EncodedEvent>(Write, static _ => throw new NotSupportedException()));

    /// <summary>Called when the routes are made.</summary>
    public static void Bind(ServiceBinderBase binder, ActivityFeedService? service) =>
        binder.AddMethod(s_watch, service is null ? null! : service.Watch);

    /// <summary>Streams a job's events until the caller leaves.</summary>
    public async Task Watch(WatchRequest request, IServerStreamWriter<EncodedEvent> responses, ServerCallContext context)
    {
        // A watcher may be as slow as it likes: it is only a cursor further behind.
        context.GetHttpContext().Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            using var cursor = await feed.Watch(Parse.Job(request.Job), After(request), request.Progress, either.Token);
            while (true)
            {
                foreach (var e in await cursor.Next(either.Token))
                    await responses.WriteAsync(e, either.Token);
            }
        }
        catch (FeedResetException e)
        {
            throw GrpcProblems.ToRpc(ProblemKind.FeedReset, e.Message);
        }
        catch (ProblemException e)
        {
            throw GrpcProblems.ToRpc(e.Kind, e.Message);
        }
        catch (JournalException e)
        {
            throw GrpcProblems.ToRpc(ProblemKind.Unavailable, e.Message);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw GrpcProblems.ToRpc(ProblemKind.ShuttingDown, "Watch again in a moment, from the last seq you have.");
        }
    }

    private static long After(WatchRequest request) => request.After >= 0
        ? request.After
        : throw new ProblemException(ProblemKind.InvalidArgument, "`after` is the seq of the last event you have: 0 or more.");

    private static void Write(EncodedEvent e, SerializationContext context)
    {
        context.SetPayloadLength(e.Bytes.Length);
        var buffer = context.GetBufferWriter();
        e.Bytes.Span.CopyTo(buffer.GetSpan(e.Bytes.Length));
        buffer.Advance(e.Bytes.Length);
        context.Complete();
    }
}

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Grains.Feed;
using OrleansIngest.Grains.Ports;
using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.Gateway.Feed;

/// <summary>
/// <c>GET /jobs/{job}/activity</c>: the feed as server-sent events, good for <c>curl -N</c> and <c>EventSource</c>. The id
/// is the seq, so <c>Last-Event-ID</c> resumes; hints have none. The data is the event's protobuf JSON.
/// </summary>
internal static class ActivityEndpoint
{
    public static void MapActivity(this IEndpointRouteBuilder routes) => routes.MapGet("/jobs/{job}/activity", Watch);

    private static async Task<ServerSentEventsResult<string>> Watch(
        string job, string? after, bool? progress, HttpContext context, ActivityFeed feed, IHostApplicationLifetime lifetime)
    {
        var resume = context.Request.Headers["Last-Event-ID"].ToString();
        var cursor = await Open(feed, Parse.Job(job), Parse.After(resume.Length > 0 ? resume : after), progress ?? false, context.RequestAborted);
        context.Response.OnCompleted(() => Close(cursor));
        return TypedResults.ServerSentEvents(Events(cursor, lifetime.ApplicationStopping, context.RequestAborted));
    }

    private static async Task<FeedCursor> Open(ActivityFeed feed, string job, long after, bool progress, CancellationToken cancellation)
    {
        try
        {
            return await feed.Watch(job, after, progress, cancellation);
        }
        catch (FeedResetException e)
        {
            throw new ProblemException(ProblemKind.FeedReset, e.Message);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(
        FeedCursor cursor, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        while (true)
        {
            foreach (var e in await cursor.Next(either.Token))
                yield return Item(e);
        }
    }

    private static SseItem<string> Item(EncodedEvent e)
    {
        var activity = ActivityEvent.Parser.ParseFrom(e.Bytes.Span);
        var name = ActivityEvent.Descriptor.FindFieldByNumber((int)activity.WhatCase)?.Name ?? "unknown";
        return new SseItem<string>(JsonFormatter.Default.Format(activity), name) { EventId = e.Seq > 0 ? e.Seq.ToString() : null };
    }

    private static Task Close(FeedCursor cursor)
    {
        cursor.Dispose();
        return Task.CompletedTask;
    }
}

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Http.Features;
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

    private static async Task Watch(
        string job, string? after, bool? progress, HttpContext context, ActivityFeed feed, IHostApplicationLifetime lifetime)
    {
        var resume = context.Request.Headers["Last-Event-ID"].ToString();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var cursor = await Open(feed, Parse.Job(job), Parse.After(resume.Length > 0 ? resume : after), progress ?? false, either.Token);
        await Begin(context);
        try
        {
            await SseFormatter.WriteAsync(Events(cursor, either.Token), context.Response.Body, either.Token);
        }
        catch (Exception e) when (e is JournalException || (e is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested))
        {
            // The stream just ends, and an EventSource comes back by itself.
        }
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

    /// <summary>Answers at once: the first event may be long in coming.</summary>
    private static Task Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        return context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(FeedCursor cursor, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var e in await cursor.Next(cancellation))
                yield return Item(e);
        }
    }

    private static SseItem<string> Item(EncodedEvent e)
    {
        var activity = ActivityEvent.Parser.ParseFrom(e.Bytes.Span);
        var name = ActivityEvent.Descriptor.FindFieldByNumber((int)activity.WhatCase)?.Name ?? "unknown";
        return new SseItem<string>(JsonFormatter.Default.Format(activity), name) { EventId = e.Seq > 0 ? e.Seq.ToString() : null };
    }
}

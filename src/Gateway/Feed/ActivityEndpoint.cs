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
/// is the event's position, so <c>Last-Event-ID</c> resumes. The data is the event's protobuf JSON.
/// </summary>
internal static class ActivityEndpoint
{
    private static readonly byte[] s_comment = ":\n\n"u8.ToArray();

    public static void MapActivity(this IEndpointRouteBuilder routes) => routes.MapGet("/jobs/{job}/activity", Watch);

    private static async Task Watch(
        string job, string? after, bool? progress, HttpContext context, ActivityFeed feed, IHostApplicationLifetime lifetime)
    {
        var resume = context.Request.Headers["Last-Event-ID"].ToString();
        var position = EventId.Parse(resume.Length > 0 ? resume : after);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        using var watcher = feed.Watch([(Parse.Job(job), position)], progress ?? false);
        await Begin(context);
        try
        {
            await SseFormatter.WriteAsync(Events(watcher, either.Token), context.Response.Body, either.Token);
        }
        catch (Exception e) when (e is JournalException || (e is OperationCanceledException && lifetime.ApplicationStopping.IsCancellationRequested))
        {
            // The stream just ends, and an EventSource comes back by itself.
        }
    }

    /// <summary>
    /// Answers at once: the first event may be long in coming. nginx sends an answer's headers over HTTP/2 only with
    /// its first bytes, so the first line is a comment.
    /// </summary>
    private static async Task Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        LiveAnswer.MustNotWait(context.Response);
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        await context.Response.Body.WriteAsync(s_comment, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    private static async IAsyncEnumerable<SseItem<string>> Events(
        Watcher watcher, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            foreach (var e in await watcher.Next(cancellation))
                yield return Item(e);
        }
    }

    private static SseItem<string> Item(EncodedEvent e)
    {
        var activity = ActivityEvent.Parser.ParseFrom(e.Bytes.Span);
        activity.Checksum = e.At.Checksum;
        var name = ActivityEvent.Descriptor.FindFieldByNumber((int)activity.WhatCase)?.Name ?? "unknown";
        return new SseItem<string>(JsonFormatter.Default.Format(activity), name) { EventId = Id(e.At, activity) };
    }

    /// <summary>A passing message leaves the browser's position as it is, but for a reset.</summary>
    private static string? Id(Position at, ActivityEvent activity) =>
        at.Seq > 0 || activity.FeedReset is not null ? EventId.Of(at) : null;
}

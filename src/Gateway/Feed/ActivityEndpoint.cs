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
/// <c>GET /jobs/{job}/activity</c>: the feed of a job as server-sent events, for <c>EventSource</c>
/// and <c>curl -N</c>. The <c>id</c> of an event is its position, so <c>Last-Event-ID</c> resumes
/// the feed. The <c>data</c> is the event as protobuf JSON.
/// </summary>
internal static class ActivityEndpoint
{
    private static readonly byte[] s_comment = ":\n\n"u8.ToArray();

    public static void MapActivity(this IEndpointRouteBuilder routes) => routes.MapGet("/jobs/{job}/activity", Watch);

    private static async Task Watch(
        string job, string? after, bool? progress, HttpContext context,
        ActivityFeed feed, IHostApplicationLifetime lifetime)
    {
        // The header comes first: EventSource repeats the URL, with the old `after`,
        // when it reconnects.
        var lastEventId = context.Request.Headers["Last-Event-ID"].ToString();
        var position = EventId.Parse(lastEventId.Length > 0 ? lastEventId : after);
        var stopping = lifetime.ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        using var watcher = feed.Watch([(Parse.Job(job), position)], progress ?? false);
        await Begin(context);
        try
        {
            await SseFormatter.WriteAsync(Events(watcher, ended.Token), context.Response.Body, ended.Token);
        }
        catch (Exception e) when (
            e is JournalException || (e is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // The status has been sent already, so the response just ends; EventSource then
            // reconnects.
        }
    }

    /// <summary>
    /// Sends the response's headers at once, as the first event may come much later. The body
    /// begins with an empty comment: over HTTP/2 nginx forwards headers only together with the
    /// first bytes of the body.
    /// </summary>
    private static async Task Begin(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache, no-store";
        LiveResponse.DisableProxyBuffering(context.Response);
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

    /// <summary>
    /// The id of an event. Messages that the journal does not keep have none, so <c>EventSource</c>
    /// keeps its last position. A reset is the exception: it sets the position back to 0.
    /// </summary>
    private static string? Id(Position at, ActivityEvent activity) =>
        at.Seq > 0 || activity.FeedReset is not null ? EventId.Of(at) : null;
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Telemetry;

/// <summary>
/// An OTLP collector to which a server exports, and which keeps what it receives.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private const int GrpcPrefix = 5;

    private readonly ConcurrentDictionary<string, Series> _series = new();
    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> _resources = new();
    private readonly WebApplication _app;

    private Collector(HttpProtocols protocol)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol));
        _app = builder.Build();
        _app.MapPost("/v1/metrics", context => TakeHttp(context, TakeMetrics));
        _app.MapPost("/v1/traces", context => TakeHttp(context, TakeSpans));
        _app.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", context =>
            TakeGrpc(context, TakeMetrics));
        _app.MapPost(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export", context => TakeGrpc(context, TakeSpans));
    }

    public IReadOnlyCollection<Series> Series => [.. _series.Values];

    public IReadOnlyCollection<Span> Spans => _spans;

    /// <summary>The sender of each export.</summary>
    public IReadOnlyCollection<IReadOnlyDictionary<string, string>> Resources => _resources;

    public string Url => _app.Urls.Single();

    public static async Task<Collector> Start(HttpProtocols protocol = HttpProtocols.Http1)
    {
        var collector = new Collector(protocol);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>Waits until a metric meets a condition.</summary>
    /// <param name="name">The name of the instrument.</param>
    /// <param name="unit">The unit in UCUM.</param>
    /// <param name="isIt">The condition.</param>
    /// <param name="attributes">
    /// The attributes that the series must have, possibly among others.
    /// </param>
    public Task Hears(
        string name, string unit, Func<Series, bool> isIt, params (string Key, string Value)[] attributes) =>
        Eventually.True($"the collector heard of {name} {string.Join(", ", attributes)}", () => Series.Any(series =>
            series.Name == name && series.Unit == unit && isIt(series)
            && attributes.All(a => series.Attributes.GetValueOrDefault(a.Key) == a.Value)));

    /// <summary>Waits until a metric has a value.</summary>
    public Task Hears(string name, string unit, double value, params (string Key, string Value)[] attributes) =>
        Hears(name, unit, series => series.Value == value, attributes);

    /// <summary>Waits until a histogram of seconds has so many entries.</summary>
    public Task HearsTimes(string name, long count, params (string Key, string Value)[] attributes) =>
        Hears(name, "s", series => series.Count == count, attributes);

    /// <summary>Waits for the span with a name.</summary>
    public async Task<Span> Hears(string name)
    {
        await Eventually.True($"the collector heard of a span {name}", () => Spans.Any(span => span.Name == name));
        return Assert.Single(Spans, span => span.Name == name);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TakeHttp(HttpContext context, Action<Fields> take)
    {
        take(new Fields(await Body(context)));
        context.Response.ContentType = "application/x-protobuf";
    }

    /// <summary>Reads a message after its length; the answer is an empty message.</summary>
    private static async Task TakeGrpc(HttpContext context, Action<Fields> take)
    {
        var body = await Body(context);
        Assert.Equal(body.Length - GrpcPrefix, BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1)));
        take(new Fields(body[GrpcPrefix..]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[GrpcPrefix]);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<byte[]> Body(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    private void TakeMetrics(Fields request)
    {
        TakeResources(request);
        foreach (var series in Telemetry.Series.Of(request))
        {
            var attributes = series.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal);
            _series[$"{series.Name} {string.Join(' ', attributes)}"] = series;
        }
    }

    private void TakeSpans(Fields request)
    {
        TakeResources(request);
        foreach (var span in Span.Of(request))
            _spans.Enqueue(span);
    }

    private void TakeResources(Fields request)
    {
        foreach (var sent in request.Messages(1))
            _resources.Enqueue(Attributed.Read(sent.Message(1), 1));
    }
}

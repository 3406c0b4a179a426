using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;
using ActivityEvent = OrleansIngest.Protos.V1.ActivityEvent;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// Many watchers of one busy job. The commit of a photo lies between two moments that can be seen
/// from outside, so two bounds describe its way to a watcher: the time since the job's decision
/// (the event's <c>at</c>), and the time since the answer to the device.
/// </summary>
internal sealed class FeedFanOut(TestBench bench)
{
    private const int WarmUpPhotos = 200;
    private const string FromDecision = "decided to seen";
    private const string FromAnswer = "answered to seen";
    private const double Nothing = 0.001; // ms; 0 would mean that no latency was given

    private readonly ConcurrentDictionary<string, long> _answered = new();
    private readonly Channel<Sighting>[] _watchers =
        [.. Enumerable.Range(0, bench.Options.Int("watchers", 50)).Select(_ => Channel.CreateUnbounded<Sighting>())];
    private readonly int _rate = bench.Options.Int("rate", 50);
    private readonly long _size = bench.Options.Size("size", "32KiB");
    private readonly TimeSpan _duration = bench.Options.Duration("duration", "20s");

    public static ScenarioProps[] Create(TestBench bench) => new FeedFanOut(bench).Create();

    private ScenarioProps[] Create()
    {
        var maxP99 = bench.Options.Number("max-p99", 100);
        return
        [
            Scenario.Create("uploads", async _ => await Upload(bench.Job(0)))
                .WithInit(Init)
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.Inject(_rate, interval: TimeSpan.FromSeconds(1), during: _duration))
                .WithThresholds([bench.FewErrors(), .. bench.LittleMemory()]),
            Scenario.Create("events", See)
                .WithoutWarmUp()
                .WithLoadSimulations(Simulation.KeepConstant(_watchers.Length, during: _duration))
                .WithThresholds(
                    bench.FewErrors(), Threshold.Create(FromDecision, step => step.Ok.Latency.Percent99 <= maxP99)),
        ];
    }

    /// <summary>Another job warms both sides up before the watchers start.</summary>
    private async Task Init(IScenarioInitContext context)
    {
        await bench.Init(context);
        await bench.Dashboards.Open(bench.Job(1), _ => { });
        for (var i = 0; i < WarmUpPhotos; i++)
            await Upload(bench.Job(1));
        foreach (var watcher in _watchers)
            await bench.Dashboards.Open(bench.Job(0), e => Note(watcher.Writer, e));
    }

    private async Task<Response<object>> Upload(string job)
    {
        var photo = new Body(bench.NextNumber(), _size);
        var answer = await bench.Tus.Post(job, "phone", photo);
        _answered[answer.Location[(answer.Location.LastIndexOf('/') + 1)..]] = Stopwatch.GetTimestamp();
        return bench.Completed(answer, photo);
    }

    private void Note(ChannelWriter<Sighting> watcher, ActivityEvent e)
    {
        if (e.WhatCase != ActivityEvent.WhatOneofCase.MediaStored)
            return;
        var sinceAnswer = _answered.TryGetValue(e.Media, out var answered)
            ? Stopwatch.GetElapsedTime(answered)
            : TimeSpan.Zero;
        watcher.TryWrite(new(DateTimeOffset.UtcNow - e.At.ToDateTimeOffset(), sinceAnswer));
    }

    /// <summary>A watcher sees the next photo.</summary>
    private async Task<IResponse> See(IScenarioContext context)
    {
        var sighting = await Next(
            _watchers[context.ScenarioInfo.InstanceNumber % _watchers.Length].Reader,
            context.ScenarioCancellationToken);
        await Step.Run(FromDecision, context, () => Latency(sighting.SinceDecision));
        await Step.Run(FromAnswer, context, () => Latency(sighting.SinceAnswer));
        return Response.Ok();
    }

    private static async Task<Sighting> Next(ChannelReader<Sighting> watcher, CancellationToken over)
    {
        try
        {
            return await watcher.ReadAsync(over);
        }
        catch (OperationCanceledException)
        {
            throw new IgnoreMeasurementException();
        }
    }

    private static Task<Response<object>> Latency(TimeSpan latency) =>
        Task.FromResult(Response.Ok(customLatencyMs: Math.Max(Nothing, latency.TotalMilliseconds)));

    /// <summary>What a watcher saw of a photo.</summary>
    /// <param name="SinceDecision">
    /// The time since the job's decision; meaningless between two machines with different clocks.
    /// </param>
    /// <param name="SinceAnswer">
    /// The time since the answer to the device; zero if the watcher was earlier.
    /// </param>
    private readonly record struct Sighting(TimeSpan SinceDecision, TimeSpan SinceAnswer);
}

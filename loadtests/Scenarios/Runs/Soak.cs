using System.Collections.Concurrent;
using NBomber.Contracts;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Client;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Scenarios.Runs;

/// <summary>
/// A mix of all kinds of uploads for a long time: nothing in the server may grow. The test checks
/// each full job and deletes its media, so the disk does not fill up either.
/// </summary>
internal sealed class Soak(TestBench bench)
{
    /// <summary>
    /// Settings of the server that is started for this load test: it unloads idle jobs within the
    /// first third of the run.
    /// </summary>
    public const string GrainIdle = "GrainIdle=00:00:15";

    private readonly ConcurrentDictionary<long, int> _filled = new();
    private readonly ConcurrentQueue<Task> _closing = new();
    private readonly Flatness _memory = new("memory");
    private readonly Flatness _handles = new("handles");
    private readonly int _jobSize = bench.Options.Int("job-size", 300);
    private readonly int _rate = bench.Options.Int("rate", 30);
    private readonly TimeSpan _warmUp = bench.Options.Duration("warm-up", "10s");
    private readonly TimeSpan _duration = bench.Options.Duration("duration", "3m");

    public static ScenarioProps[] Create(TestBench bench) => new Soak(bench).Create();

    private ScenarioProps[] Create()
    {
        var maxP99 = bench.Options.Number("max-p99", 1000);
        var maxGrowth = bench.Options.Number("max-growth-percent", 25);
        Threshold[] flat = bench.Usage is null ? [] : [_memory.AtMost(maxGrowth), _handles.AtMost(maxGrowth)];
        return
        [
            Scenario.Create("mixed uploads", Upload)
                .WithInit(Init)
                .WithClean(_ => Task.WhenAll(_closing))
                .WithWarmUpDuration(_warmUp)
                .WithLoadSimulations(Simulation.Inject(_rate, interval: TimeSpan.FromSeconds(1), during: _duration))
                .WithThresholds(
                    [
                        bench.FewErrors(), .. bench.LittleMemory(), .. flat,
                        Threshold.Create(stats => stats.Ok.Latency.Percent99 <= maxP99),
                    ]),
        ];
    }

    private Task Init(IScenarioInitContext context)
    {
        if (bench.Usage is { } usage)
        {
            _memory.Register(context);
            _handles.Register(context);
            usage.Measured = Measured;
        }
        return bench.Init(context);
    }

    private void Measured(ProcessUsage usage)
    {
        _memory.Add(usage.Resident);
        _handles.Add(usage.Handles);
    }

    private async Task<IResponse> Upload(IScenarioContext context)
    {
        var number = bench.NextNumber();
        var job = number / _jobSize;
        try
        {
            return await Upload(context, number, bench.Job(job), $"phone-{number % 20}");
        }
        finally
        {
            if (_filled.AddOrUpdate(job, 1, (_, count) => count + 1) == _jobSize)
                _closing.Enqueue(Close(job)); // beside the load, not measured
        }
    }

    /// <summary>
    /// Seven of ten files are small photos, two are larger photos, and one is a video in chunks.
    /// </summary>
    private Task<Response<object>> Upload(IScenarioContext context, long number, string job, string device) =>
        (number % 10) switch
        {
            < 7 => bench.Post(job, device, new Body(number, 64 << 10)),
            < 9 => bench.Post(job, device, new Body(number, 768 << 10)),
            _ => ChunkedUpload.Run(bench, context, job, device, new Body(number, 3 << 20), chunk: 1 << 20),
        };

    private async Task Close(long number)
    {
        _filled.TryRemove(number, out _);
        var job = bench.Job(number);
        foreach (var media in await bench.Ledger.Close(job))
            await bench.Jobs.DeleteMediaAsync(new DeleteMediaRequest { Job = job, Media = media });
    }
}

using Grpc.Net.Client;
using NBomber.Contracts;
using NBomber.Contracts.Stats;
using NBomber.CSharp;
using OrleansIngest.LoadTests.Scenarios.Client;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.LoadTests.Scenarios.Bench;

/// <summary>The tools of a load test.</summary>
internal sealed class TestBench : IAsyncDisposable
{
    private readonly string _run = Guid.NewGuid().ToString("N")[..8];
    private readonly string _name;
    private readonly GrpcChannel _grpc;
    private long _number = -1;

    /// <summary>Creates the tools.</summary>
    /// <param name="name">The name of the load test.</param>
    /// <param name="target">The server under load.</param>
    /// <param name="options">The command line.</param>
    public TestBench(string name, Target target, Options options)
    {
        (_name, Target, Options) = (name, target, options);
        _grpc = GrpcChannel.ForAddress(
            target.Grpc,
            new()
            {
                HttpHandler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true },
                DisposeHttpClient = true,
            });
        Tus = new(target.Http);
        Jobs = new(_grpc);
        Ledger = new(Jobs);
        Dashboards = new(new(_grpc), Jobs);
        Usage = target.Process is { } process ? new(process) : null;
    }

    /// <summary>The server under load.</summary>
    public Target Target { get; }

    /// <summary>The command line.</summary>
    public Options Options { get; }

    /// <summary>The client of all devices.</summary>
    public TusClient Tus { get; }

    /// <summary>The jobs of the server, over gRPC.</summary>
    public Jobs.JobsClient Jobs { get; }

    /// <summary>The uploads that the server called complete.</summary>
    public Ledger Ledger { get; }

    /// <summary>The dashboards.</summary>
    public Dashboards Dashboards { get; }

    /// <summary>The resources that the server uses, if the load test started it.</summary>
    public ServerUsage? Usage { get; }

    /// <summary>
    /// The number of the next upload: 0, 1, 2… It determines the device, the job and the bytes.
    /// </summary>
    public long NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>The key of this run's job with that number.</summary>
    public string Job(long number) => $"{_name}-{_run}-{number}";

    /// <summary>A size between two limits: evenly distributed, and the same in each run.</summary>
    public static long Between(long least, long most, long number) =>
        least + (long)((most - least) * (number * 0.6180339887498949 % 1));

    /// <summary>Starts to measure the server too.</summary>
    public Task Init(IScenarioInitContext context)
    {
        Usage?.Start(context);
        return Task.CompletedTask;
    }

    /// <summary>Uploads a photo in one request.</summary>
    public async Task<Response<object>> Post(string job, string device, Body photo) =>
        Completed(await Tus.Post(job, device, photo), photo);

    /// <summary>Records the answer to the last byte of an upload.</summary>
    public Response<object> Completed(TusAnswer answer, Body body)
    {
        if (!answer.Succeeded || answer.Offset != body.Length)
            return Failed(answer);
        Ledger.Add(answer.Location);
        return Response.Ok(statusCode: $"{answer.Status}", sizeBytes: body.Length);
    }

    /// <summary>An answer that is a failure.</summary>
    public static Response<object> Failed(TusAnswer answer) =>
        Response.Fail(statusCode: answer.Status == 0 ? "no answer" : $"{answer.Status}", message: answer.Why);

    /// <summary>The threshold for failed iterations.</summary>
    public Threshold FewErrors()
    {
        var most = Options.Number("max-error-percent", 0);
        return Threshold.Create(stats => ErrorPercent(stats) <= most);
    }

    /// <summary>
    /// The threshold for the server's memory, for the scenario that calls <see cref="Init"/>.
    /// </summary>
    public Threshold[] LittleMemory()
    {
        var most = Options.Number("max-memory", 1024);
        return Usage is null
            ? []
            : [Threshold.Create(metrics => metrics.Gauges.Get(ServerUsage.PeakMemory).Value <= most)];
    }

    /// <summary>
    /// Compares the server's answers with its media, and the events that watchers saw with the
    /// history.
    /// </summary>
    /// <returns>Whether all of it is true.</returns>
    public async Task<bool> Check()
    {
        await Ledger.Check();
        await Dashboards.Check();
        string[] wrong = [.. Ledger.Wrong, .. Dashboards.Wrong];
        Console.WriteLine(
            $"{Ledger.Right} uploads that were called complete are stored, "
            + $"{Dashboards.Right} watchers saw every event in order.");
        foreach (var problem in wrong)
            Console.WriteLine($"WRONG: {problem}");
        return wrong.Length == 0;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Dashboards.DisposeAsync();
        if (Usage is not null)
            await Usage.DisposeAsync();
        _grpc.Dispose();
        Tus.Dispose();
    }

    private static double ErrorPercent(ScenarioStats stats) =>
        100.0 * stats.Fail.Request.Count / Math.Max(1, stats.Ok.Request.Count + stats.Fail.Request.Count);
}

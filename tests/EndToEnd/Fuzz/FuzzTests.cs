using System.Collections.Concurrent;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>
/// Thousands of wrong requests on raw connections, while devices upload beside them. The
/// same seed gives the same requests: INGEST_FUZZ_SEED and INGEST_FUZZ_REQUESTS in the
/// environment say which and how many.
/// </summary>
public sealed class FuzzTests
{
    private const int Lanes = 16;
    private const int ShotsPerTarget = 25;
    private const int ShotsPerUpload = 40;
    private const int MoreFiles = 20;
    private const long MoreMemory = 64 << 20;
    private const string Job = "steady";

    private readonly int _seed = FromEnvironment("INGEST_FUZZ_SEED", 1);
    private readonly int _count = FromEnvironment("INGEST_FUZZ_REQUESTS", 4_000);
    private readonly ConcurrentDictionary<int, Lazy<Task<FuzzTarget>>> _targets = new();
    private volatile string? _failure;

    [Fact]
    public async Task No_request_hurts_the_server_or_anybody_else()
    {
        await using var server = await IngestServer.Start("Interim=on", "BodySilence=00:00:01", "GrainIdle=00:00:05");
        var devices = Enumerable.Range(0, Lanes).Select(lane => new SteadyDevice(server, Job, _seed + lane)).ToList();

        await Fire(server, devices, Enumerable.Range(0, _count / 5));
        var before = Footprint.Of(server.ProcessId);
        await Fire(server, devices, Enumerable.Range(_count / 5, _count - (_count / 5)));

        await MustBeBack(server, before);
        await MustBeRight(server, devices);
        await server.Kill();
        await server.Restart();
        await MustBeRight(server, devices);
        await Task.WhenAll(devices.Select(device => device.FinishAll()));
        await MustBeRight(server, devices);
        await EveryJobCanBeRead(server);
        await server.Stop();
        MustHaveACleanLog(server);
    }

    private async Task Fire(IngestServer server, IEnumerable<SteadyDevice> devices, IEnumerable<int> numbers)
    {
        var left = new ConcurrentQueue<int>(numbers);
        await Task.WhenAll(devices.Select(device => Lane(server, device, left)));
        if (_failure is null)
            return;
        await server.Stop(); // so that its log is whole
        Assert.Fail($"INGEST_FUZZ_SEED={_seed}, {_failure}\n{server.Log[^Math.Min(server.Log.Length, 3000)..]}");
    }

    private async Task Lane(IngestServer server, SteadyDevice device, ConcurrentQueue<int> left)
    {
        while (_failure is null && left.TryDequeue(out var number))
        {
            var shot = await Aim(server, number);
            try
            {
                await shot.Fire(server);
                if (number % ShotsPerUpload == 0)
                    await device.UploadOne();
            }
            catch (Exception e)
            {
                _failure ??= $"request {number}: {e.Message}\n{shot}";
            }
        }
    }

    private async Task<Shot> Aim(IngestServer server, int number) =>
        Shot.At(await Target(server, number / ShotsPerTarget), new Random(unchecked((_seed * 1_000_003) + number)));

    /// <summary>Shots wear a target out: they delete what is there.</summary>
    private Task<FuzzTarget> Target(IngestServer server, int number) =>
        _targets.GetOrAdd(
            number, n => new Lazy<Task<FuzzTarget>>(() => FuzzTarget.Put(server, unchecked((_seed * 7919) + n)))).Value;

    /// <summary>
    /// The memory and the files that requests took are free again, except for what a runtime keeps.
    /// </summary>
    private static async Task MustBeBack(IngestServer server, Footprint before)
    {
        await Eventually.True("its files are closed again", () =>
            Footprint.Of(server.ProcessId).Files <= before.Files + MoreFiles);
        // The garbage collector gives memory back some time after the last request.
        await Eventually.True("its memory is free again", () =>
            Footprint.Of(server.ProcessId).Memory <= before.Memory + MoreMemory);
    }

    private static async Task MustBeRight(IngestServer server, IReadOnlyList<SteadyDevice> devices)
    {
        await Task.WhenAll(devices.Select(device => device.MustHaveLostNothing()));
        await using var grpc = await GrpcJs.Start(server);
        var received = (await grpc.GetJob(Job)).Received;
        Assert.Equal(
            (devices.Sum(d => d.Stored), devices.Sum(d => d.Open)),
            (received.Stored, received.Waiting + received.Uploading));
    }

    /// <summary>Nothing was written that cannot be read.</summary>
    private static async Task EveryJobCanBeRead(IngestServer server)
    {
        await using var grpc = await GrpcJs.Start(server);
        var request = new ListJobsRequest { PageSize = 1000 };
        do
        {
            var page = await grpc.Call<ListJobsResponse>("Jobs/ListJobs", request);
            foreach (var job in page.Jobs)
                Assert.Equal(job.AsOf, (await grpc.ListMedia(new ListMediaRequest { Job = job.Job })).AsOf);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>
    /// Wrong requests are the clients' mistakes, and leave no line in the server's log.
    /// </summary>
    private static void MustHaveACleanLog(IngestServer server) =>
        Assert.Equal("", string.Join('\n', server.Log.Split('\n')
            .Where(line =>
                line.Contains(" fail: ", StringComparison.Ordinal)
                    || line.Contains("   at ", StringComparison.Ordinal)).Take(5)));

    private static int FromEnvironment(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text) : otherwise;
}

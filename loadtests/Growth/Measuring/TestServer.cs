using System.Net;
using OrleansIngest.LoadTests.Probe;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Growth.Measuring;

/// <summary>A gateway on the server's core, with a data folder and a probe of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private const int WarmUpConnections = 16;

    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(100);

    private readonly DataFolder _folder = new();
    private readonly string _data;
    private readonly string _durability;
    private readonly string[] _options;
    private readonly HeapProbe _probe = new();
    private IngestGateway _gateway = null!;

    private TestServer(string durability, string[] options)
    {
        (_durability, _options) = (durability, options);
        _data = _folder.Folder("data");
    }

    public IPEndPoint Address => new(IPAddress.Loopback, _gateway.Http.Port);

    public Uri Grpc => _gateway.Grpc;

    public HeapUsage Heap => _probe.Usage;

    public ProcessUsage Usage => _gateway.Process.Usage;

    /// <summary>Starts a gateway without data.</summary>
    /// <param name="durability"><c>Disk</c> or <c>Process</c>.</param>
    /// <param name="options">Further options of docs/operations.md.</param>
    public static async Task<TestServer> Start(string durability, params string[] options)
    {
        var server = new TestServer(durability, options);
        await server.Start();
        return server;
    }

    /// <summary>Restarts the gateway with the same data.</summary>
    public async Task Restart()
    {
        await _gateway.DisposeAsync();
        await Start();
    }

    /// <summary>Uploads until the server's code is compiled.</summary>
    public void WarmUp(Scale scale)
    {
        using var crowd = new Crowd(Address, WarmUpConnections);
        Load.Run(this, crowd, scale.WarmUp, (connection, _) => Tus.Whole(connection, "/jobs/warm-up/uploads", 4096));
    }

    /// <summary>The heap after a full collection, once the server is idle.</summary>
    public HeapUsage Settle()
    {
        while (Busy() > 0.1)
        {
        }
        return _probe.Collected;
    }

    /// <summary>The memory in bytes after a full collection, once the server is idle.</summary>
    public long Memory()
    {
        Settle();
        return Usage.Resident;
    }

    /// <summary>Starts the peak of memory anew.</summary>
    public void ForgetPeak() => ProcessUsage.ForgetPeak(_gateway.Process.Id);

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    private async Task Start() =>
        _gateway = await IngestGateway.Start(_data, _durability, Cores.Server, _probe.Environment, _options);

    /// <summary>The share of its core that the server needs at the moment.</summary>
    private double Busy()
    {
        var before = Usage.Cpu;
        Thread.Sleep(s_glance);
        return (Usage.Cpu - before) / s_glance;
    }
}

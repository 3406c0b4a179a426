using System.Net.Sockets;

namespace OrleansIngest.LoadTests.Probe;

/// <summary>Asks a process that was started with <see cref="Environment"/>. Its own code knows nothing of it.</summary>
public sealed class HeapProbe
{
    internal const string Variable = "INGEST_PROBE";
    internal const byte Look = 0;
    internal const byte Collect = 1;

    private readonly string _name = $"ingest-probe-{Guid.NewGuid():N}";

    /// <summary>A probe for one process at a time.</summary>
    public HeapProbe() => Environment = new Dictionary<string, string>
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(HeapProbe).Assembly.Location,
        [Variable] = _name,
    };

    /// <summary>The variables with which the process must be started.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>How it is now.</summary>
    public HeapUsage Usage => Ask(Look);

    /// <summary>How it is after a full collection.</summary>
    public HeapUsage Collected => Ask(Collect);

    /// <summary>Where it answers: a Unix socket of Linux's own kind, which is no file.</summary>
    internal static UnixDomainSocketEndPoint EndPoint(string name) => new($"\0{name}");

    private HeapUsage Ask(byte question)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        connection.Connect(EndPoint(_name));
        connection.Send([question]);
        using var stream = new NetworkStream(connection);
        return HeapUsage.Read(stream);
    }
}

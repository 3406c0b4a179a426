using System.Net.Sockets;

namespace OrleansIngest.LoadTests.Probe;

/// <summary>
/// Queries a process that was started with <see cref="Environment"/>. The code of that process need
/// not know the probe.
/// </summary>
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

    /// <summary>The environment variables with which the process must be started.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The heap as it is now.</summary>
    public HeapUsage Usage => Ask(Look);

    /// <summary>The heap after a full collection.</summary>
    public HeapUsage Collected => Ask(Collect);

    /// <summary>
    /// The address of the probe: a Unix socket in Linux's abstract namespace, which is not a file.
    /// </summary>
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

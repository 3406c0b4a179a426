using System.Net;
using OrleansIngest.LoadTests.Compare.Client;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>A server that is ready for uploads.</summary>
/// <param name="Process">The process that is measured.</param>
/// <param name="Port">The port, on this machine only.</param>
/// <param name="Protocol">The protocol of the uploads.</param>
internal sealed record RunningPeer(ServerProcess Process, int Port, IProtocol Protocol) : IAsyncDisposable
{
    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

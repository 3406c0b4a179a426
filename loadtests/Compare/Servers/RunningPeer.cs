using System.Net;
using OrleansIngest.LoadTests.Compare.Client;
using OrleansIngest.LoadTests.Support;

namespace OrleansIngest.LoadTests.Compare.Servers;

/// <summary>A server that waits for uploads.</summary>
/// <param name="Process">What is measured.</param>
/// <param name="Port">Where it listens, on this machine only.</param>
/// <param name="Protocol">How it is spoken to.</param>
internal sealed record RunningPeer(ServerProcess Process, int Port, IProtocol Protocol) : IAsyncDisposable
{
    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

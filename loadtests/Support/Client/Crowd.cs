using System.Net;

namespace OrleansIngest.LoadTests.Support.Client;

/// <summary>
/// Connections that all do the same work at the same time, each on a thread of its own.
/// </summary>
public sealed class Crowd : IDisposable
{
    private readonly Connection[] _connections;

    /// <summary>Opens the connections.</summary>
    public Crowd(IPEndPoint server, int count) =>
        _connections = [.. Enumerable.Range(0, count).Select(_ => new Connection(server))];

    /// <summary>Runs the work on each connection, and ends when all are done.</summary>
    /// <returns>The result of each connection.</returns>
    public T[] Do<T>(Func<Connection, T> work)
    {
        var works = _connections.Select(connection => Task.Factory.StartNew(
            () => work(connection), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        return Task.WhenAll(works).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}

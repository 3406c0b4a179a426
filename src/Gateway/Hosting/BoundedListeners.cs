using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Kestrel's socket transport with a limit on accepted connections. The limit must be applied when
/// a connection is accepted: each connection takes a file descriptor, and during a burst Kestrel
/// accepts faster than middleware runs.
/// </summary>
internal sealed class BoundedListeners(SocketTransportFactory sockets, ConnectionLimit limit)
    : IConnectionListenerFactory
{
    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        // The control socket has no limit: an operator must be able to connect even when clients
        // use up all connections.
        return endpoint is UnixDomainSocketEndPoint ? listener : new Listener(listener, limit);
    }

    private sealed class Listener(IConnectionListener listener, ConnectionLimit limit) : IConnectionListener
    {
        /// <inheritdoc/>
        public EndPoint EndPoint => listener.EndPoint;

        /// <inheritdoc/>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            // A dropped connection must not end the loop: Kestrel takes null for a listener that is
            // closed.
            while (await listener.AcceptAsync(cancellationToken) is { } connection)
            {
                if (limit.TryEnter(connection))
                    return connection;
                connection.Abort();
                await connection.DisposeAsync();
            }
            return null;
        }

        /// <inheritdoc/>
        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) =>
            listener.UnbindAsync(cancellationToken);

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => listener.DisposeAsync();
    }
}

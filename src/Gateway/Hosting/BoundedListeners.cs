using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Kestrel's sockets, with a limit where connections are accepted. Later would be too late: a burst is accepted faster
/// than it is looked
/// at, and each connection takes a descriptor.
/// </summary>
internal sealed class BoundedListeners(SocketTransportFactory sockets, ConnectionLimit limit)
    : IConnectionListenerFactory
{
    /// <inheritdoc/>
    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await sockets.BindAsync(endpoint, cancellationToken);
        // The operator must get in at any time, whatever clients do.
        return endpoint is UnixDomainSocketEndPoint ? listener : new Listener(listener, limit);
    }

    private sealed class Listener(IConnectionListener listener, ConnectionLimit limit) : IConnectionListener
    {
        /// <inheritdoc/>
        public EndPoint EndPoint => listener.EndPoint;

        /// <inheritdoc/>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
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

using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Where the server listens: one port for HTTP/1.1, one for cleartext HTTP/2. Every route is on both.</summary>
internal static class Listening
{
    /// <summary>A request's head must be here by then. A body may take its time: see <see cref="IngestOptions.BodySilence"/>.</summary>
    private static readonly TimeSpan s_headTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// What may wait in memory for a request that is slower than its client. More makes nothing faster, and with a thousand
    /// uploads at once each would take that much.
    /// </summary>
    private const long MaxUnread = 128 * 1024;

    /// <summary>
    /// Watchers and calls that one connection may have at once; a client that wants more waits without a word. A
    /// watcher to whom nothing happens costs about 10 KB, and one that takes nothing up to 64 KiB more. Many jobs need
    /// one stream only: <c>WatchMany</c>.
    /// </summary>
    private const int MaxStreams = 500;

    /// <summary>Listens on both addresses and on the data folder's control socket.</summary>
    public static void Listen(this WebApplicationBuilder builder, IngestOptions options, Descriptors descriptors)
    {
        builder.ListenForCommandsAlone(options);
        builder.Services.AddSingleton(descriptors);
        builder.Services.AddSingleton<ConnectionLimit>();
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory, BoundedListeners>(); // the last one is used
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
    }

    /// <summary>Listens on the control socket, and nowhere else.</summary>
    public static void ListenForCommandsAlone(this WebApplicationBuilder builder, IngestOptions options)
    {
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPool.Factory>();
        builder.Services.AddSingleton(_ => new ControlSocket(options.DataDir));
        builder.WebHost.UseSockets(Configure);
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ListenForCommands(kestrel.ApplicationServices.GetRequiredService<ControlSocket>()));
    }

    private static void Configure(SocketTransportOptions sockets)
    {
        sockets.MaxReadBufferSize = MaxUnread;
        sockets.CreateBoundListenSocket = endPoint => endPoint is UnixDomainSocketEndPoint control
            ? ControlSocket.Bind(control)
            : SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
    }

    private static void Configure(KestrelServerOptions kestrel, IngestOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.RequestHeaderEncodingSelector = HeaderText.EncodingOf;
        kestrel.AllowAlternateSchemes = true; // haproxy ends TLS, and still says https in HTTP/2's :scheme
        kestrel.Limits.MaxRequestBodySize = null; // each upload has its own limit
        kestrel.Limits.MinResponseDataRate = null; // a watcher may be slow: it is only a cursor further behind
        kestrel.Limits.RequestHeadersTimeout = s_headTimeout;
        kestrel.ApplicationServices.GetRequiredService<HeadRoom>().Govern(kestrel.Limits);
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Listen(Configuration.EndPoint(options.Http), listen => Accept(listen, HttpProtocols.Http1));
        kestrel.Listen(Configuration.EndPoint(options.Grpc), listen => Accept(listen, HttpProtocols.Http2));
    }

    private static void Accept(ListenOptions listen, HttpProtocols protocols)
    {
        var limit = listen.ApplicationServices.GetRequiredService<ConnectionLimit>();
        listen.Protocols = protocols;
        listen.Use(next => connection => limit.Leave(connection, next));
    }
}

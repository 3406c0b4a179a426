using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using OrleansIngest.Gateway.Control;
using OrleansIngest.Gateway.Protocols.Fields;
using OrleansIngest.Silo;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Configures the listeners: one port for HTTP/1.1, one for cleartext HTTP/2 (with prior
/// knowledge), and the control socket. Both ports serve every route.
/// </summary>
internal static class Listening
{
    /// <summary>
    /// How long a client may take to send a request's headers. A body has its own limit:
    /// <see cref="IngestOptions.BodySilence"/>.
    /// </summary>
    private static readonly TimeSpan s_headTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The bytes that Kestrel buffers per connection when the server reads a body more slowly than
    /// the client sends it. A larger buffer does not increase throughput, and a thousand uploads
    /// may use it at the same time.
    /// </summary>
    private const long MaxUnread = 128 * 1024;

    /// <summary>
    /// The number of concurrent HTTP/2 streams per connection. A client that wants more waits
    /// without an error. An idle watcher costs about 10 KB, and one that does not read costs up to
    /// 64 KiB more. To watch many jobs a client needs only one stream: <c>WatchMany</c>.
    /// </summary>
    private const int MaxStreams = 500;

    /// <summary>Listens on both ports and on the control socket of the data folder.</summary>
    public static void Listen(this WebApplicationBuilder builder, IngestOptions options, Descriptors descriptors)
    {
        builder.ListenForCommandsAlone(options);
        builder.Services.AddSingleton(descriptors);
        builder.Services.AddSingleton<ConnectionLimit>();
        builder.Services.AddSingleton<SocketTransportFactory>();
        builder.Services.AddSingleton<IConnectionListenerFactory, BoundedListeners>(); // the last registration wins
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
    }

    /// <summary>Listens on the control socket only.</summary>
    public static void ListenForCommandsAlone(this WebApplicationBuilder builder, IngestOptions options)
    {
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPool.Factory>();
        // A factory, so that the container disposes the socket when the server ends.
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
        kestrel.AllowAlternateSchemes = true; // haproxy terminates TLS and still sends :scheme https over HTTP/2
        kestrel.Limits.MaxRequestBodySize = null; // the upload handlers enforce their own limits
        kestrel.Limits.MinResponseDataRate = null; // a watcher may read slowly; it costs no queue
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

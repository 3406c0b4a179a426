using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>Where the server listens: one port for HTTP/1.1, one for cleartext HTTP/2. Every route is on both.</summary>
internal static class Listening
{
    public static void Listen(this WebApplicationBuilder builder, IngestOptions options) => builder.WebHost.ConfigureKestrel(kestrel =>
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null; // each upload has its own limit
        kestrel.Limits.MinResponseDataRate = null; // a watcher may be slow: it is only a cursor further behind
        kestrel.Listen(Configuration.EndPoint(options.Http), listen => Accept(listen, HttpProtocols.Http1));
        kestrel.Listen(Configuration.EndPoint(options.Grpc), listen => Accept(listen, HttpProtocols.Http2));
    });

    private static void Accept(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.CloseInTime();
    }
}

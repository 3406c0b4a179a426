using System.Net;
using System.Security.Cryptography.X509Certificates;
using Grpc.AspNetCore.Server;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StandIns.Grpc.Tests.Support;

/// <summary>A Kestrel on free ports of the loopback: HTTP/2 in clear text, HTTP/1.1, and HTTP/2 with TLS if there is a certificate.</summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private EchoServer(WebApplication application, LogRecord log)
    {
        (_application, Log) = (application, log);
        var addresses = application.Urls.ToArray();
        (Http2, Http1, Https) = (new Uri(addresses[0]), new Uri(addresses[1]), new Uri(addresses[^1]));
        Channel = GrpcChannel.ForAddress(Http2);
        Client = new Echo.EchoClient(Channel);
    }

    public Uri Http2 { get; }

    public Uri Http1 { get; }

    public Uri Https { get; }

    public GrpcChannel Channel { get; }

    public Echo.EchoClient Client { get; }

    public LogRecord Log { get; }

    /// <summary>Starts a server with what differs from the ordinary in this test.</summary>
    public static async Task<EchoServer> StartAsync(
        Handlers? handlers = null,
        Action<GrpcServiceOptions>? options = null,
        Action<WebApplication>? map = null,
        Action<IServiceCollection>? services = null,
        X509Certificate2? certificate = null)
    {
        var log = new LogRecord();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, certificate));
        builder.Services.AddGrpc(options ?? (_ => { }));
        builder.Services.AddSingleton(handlers ?? new Handlers());
        services?.Invoke(builder.Services);
        var application = builder.Build();
        (map ?? MapEcho)(application);
        await application.StartAsync();
        return new EchoServer(application, log);
    }

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        await _application.DisposeAsync();
    }

    private static void MapEcho(WebApplication application)
    {
        application.UseGrpcWeb(new GrpcWebOptions { DefaultEnabled = true });
        application.MapGrpcService<EchoService>();
    }

    private static void Listen(KestrelServerOptions kestrel, X509Certificate2? certificate)
    {
        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        if (certificate == null) return;
        kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(certificate);
        });
    }
}

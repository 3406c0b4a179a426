using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Whether a writer works with the Kestrel that runs: a server of its own on a loopback port sends a 104, a real client must get it,
/// and then the answer, and another one on the same connection.
/// </summary>
internal sealed class InterimSelfTest(IInterimWriter writer) : IHttpApplication<HttpContext>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private int _times;
    private Exception? _failure;

    public static Task Http1(IInterimWriter writer, CancellationToken cancellation) =>
        Run(writer, HttpProtocols.Http1, HttpVersion.Version11, cancellation);

    public static Task Http2(IInterimWriter writer, CancellationToken cancellation) =>
        Run(writer, HttpProtocols.Http2, HttpVersion.Version20, cancellation);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        await writer.Write(context, [new("X-Mark", Mark(++_times))]);
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception) => _failure ??= exception;

    private static async Task Run(IInterimWriter writer, HttpProtocols protocol, Version version, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_limit);
        using var server = Server(protocol);
        var test = new InterimSelfTest(writer);
        await server.StartAsync(test, limit.Token);
        await test.Ask(new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()), version, limit.Token);
        await server.StopAsync(limit.Token);
    }

    private static KestrelServer Server(HttpProtocols protocol)
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(options), sockets, NullLoggerFactory.Instance);
    }

    private async Task Ask(Uri server, Version version, CancellationToken cancellation)
    {
        var received = new StringBuilder();
        using var handler = new SocketsHttpHandler { UseProxy = false, ConnectCallback = async (to, token) => await Recorder.Connect(to.DnsEndPoint, received, token) };
        using var client = new HttpClient(handler) { BaseAddress = server, DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        for (var times = 1; times <= 2; times++)
        {
            using var answer = await client.PostAsync("/", new StringContent("body"), cancellation);
            if (await answer.Content.ReadAsStringAsync(cancellation) != "body" || !received.ToString().Contains(Mark(times), StringComparison.Ordinal))
                throw new InvalidOperationException("The 104 did not arrive, or not the answer after it.", _failure);
        }
    }

    private static string Mark(int times) => $"interim-{times}";

    /// <summary>Keeps what was received: a client hides the 1xx that it gets.</summary>
    private sealed class Recorder(Socket socket, StringBuilder received) : NetworkStream(socket, ownsSocket: true)
    {
        public static async Task<Stream> Connect(EndPoint server, StringBuilder received, CancellationToken cancellation)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, cancellation);
            return new Recorder(socket, received);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            received.Append(Encoding.Latin1.GetString(buffer.Span[..count]));
            return count;
        }
    }
}

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
/// Tests a writer with the Kestrel version that runs. A server on a loopback port sends a 104 to a
/// real client, which must receive it and then the final response, twice on the same connection.
/// </summary>
internal sealed class InterimSelfTest(IInterimWriter writer) : IHttpApplication<HttpContext>
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private int _requests;
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
        await writer.Write(context, [new("X-Mark", Mark(++_requests))]);
        await context.Request.Body.CopyToAsync(context.Response.Body);
    }

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception) => _failure ??= exception;

    private static async Task Run(
        IInterimWriter writer, HttpProtocols protocol, Version version, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_timeout);
        using var server = Server(protocol);
        var test = new InterimSelfTest(writer);
        await server.StartAsync(test, limit.Token);
        var address = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        await test.SendRequests(new Uri(address), version, limit.Token);
        await server.StopAsync(limit.Token);
    }

    private static KestrelServer Server(HttpProtocols protocol)
    {
        var options = new KestrelServerOptions();
        options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocol);
        var sockets = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        return new KestrelServer(Options.Create(options), sockets, NullLoggerFactory.Instance);
    }

    private async Task SendRequests(Uri server, Version version, CancellationToken cancellation)
    {
        var received = new StringBuilder();
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (to, token) => await Recorder.Connect(to.DnsEndPoint, received, token),
        };
        using var client = new HttpClient(handler)
        {
            BaseAddress = server,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        // The second request shows that the 104 did not break the connection (framing, HPACK
        // state).
        for (var request = 1; request <= 2; request++)
        {
            using var response = await client.PostAsync("/", new StringContent("body"), cancellation);
            var body = await response.Content.ReadAsStringAsync(cancellation);
            // The header's value is found in the raw bytes also over HTTP/2: Kestrel does
            // not Huffman-encode it.
            var hasInterim = received.ToString().Contains(Mark(request), StringComparison.Ordinal);
            if (body != "body" || !hasInterim)
                throw new InvalidOperationException("The 104 or the response after it did not arrive.", _failure);
        }
    }

    private static string Mark(int request) => $"interim-{request}";

    /// <summary>
    /// Records the received bytes, because <see cref="HttpClient"/> does not report 1xx responses.
    /// </summary>
    private sealed class Recorder(Socket socket, StringBuilder received) : NetworkStream(socket, ownsSocket: true)
    {
        public static async Task<Stream> Connect(
            EndPoint server, StringBuilder received, CancellationToken cancellation)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, cancellation);
            return new Recorder(socket, received);
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            received.Append(Encoding.Latin1.GetString(buffer.Span[..count]));
            return count;
        }
    }
}

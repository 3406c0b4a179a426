using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Gateway.Protocols.Ietf.Interim;
using OrleansIngest.Silo;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>Where 104s go out, on a real connection with TLS and on one without.</summary>
public sealed class InterimResponsesTests
{
    private static readonly X509Certificate2 s_certificate = Certificate();

    [Theory]
    [InlineData(InterimMode.Auto, true, true)]
    [InlineData(InterimMode.Auto, false, false)]
    [InlineData(InterimMode.On, true, true)]
    [InlineData(InterimMode.On, false, true)]
    [InlineData(InterimMode.Off, true, false)]
    [InlineData(InterimMode.Off, false, false)]
    public async Task They_go_out_where_TLS_ends_or_as_the_option_says(InterimMode mode, bool tls, bool areSent)
    {
        await using var app = await Server(mode, tls);

        var said = await Ask(new Uri(app.Urls.Single()).Port, tls);

        Assert.Equal(areSent, said.StartsWith("HTTP/1.1 104 ", StringComparison.Ordinal));
        Assert.Contains("HTTP/1.1 200 OK", said);
    }

    /// <summary>A server that sends a 104 before its answer.</summary>
    private static async Task<WebApplication> Server(InterimMode mode, bool tls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls)
                listen.UseHttps(s_certificate);
        }));
        var app = builder.Build();
        var options = new IngestOptions { Interim = mode };
        var interim = new InterimResponses(options, app.Lifetime, NullLogger<InterimResponses>.Instance);
        app.Run(async context =>
        {
            context.Request.Scheme = "https"; // as X-Forwarded-Proto would have it
            await interim.Send(context, [new("X-Mark", "here")]);
            await context.Response.WriteAsync("answer");
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<string> Ask(int port, bool tls)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = tls ? await Secure(client.GetStream()) : client.GetStream();
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync();
    }

    private static async Task<Stream> Secure(Stream connection)
    {
        var secure = new SslStream(connection, leaveInnerStreamOpen: false);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { s_certificate },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });
        return secure;
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}

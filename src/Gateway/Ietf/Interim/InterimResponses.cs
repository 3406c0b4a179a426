using OrleansIngest.Gateway.Uploads.Bodies;

namespace OrleansIngest.Gateway.Ietf.Interim;

/// <summary>
/// Sends 104 (Upload Resumption Supported) ahead of the answer that counts. Kestrel has no way to send a 1xx
/// (https://github.com/dotnet/aspnetcore/issues/27851), so each version of HTTP has a writer that goes past it. One that does not work
/// with the Kestrel that runs is found out at the start and not used: a 104 is a courtesy, and the protocol works without.
/// </summary>
internal sealed class InterimResponses(ILogger<InterimResponses> log) : IHostedService
{
    /// <summary>Upload Resumption Supported.</summary>
    public const int Status = 104;

    private IInterimWriter? _http1;
    private IInterimWriter? _http2;

    /// <summary>Sends one, if the connection can carry it. Whether it arrives changes nothing for the upload.</summary>
    /// <param name="context">A request that the caller handles.</param>
    /// <param name="headers">What it says: text of our own making only.</param>
    public async ValueTask Send(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (context.Response.HasStarted || Writer(context.Request.Protocol) is not { } writer)
            return;
        try
        {
            await writer.Write(context, headers);
        }
        catch (Exception e) when (ConnectionCutException.IsMeantBy(e))
        {
            // Who reads the body finds out.
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _http1 = await Tested("HTTP/1.1", static () => new Http1InterimWriter(), InterimSelfTest.Http1, cancellationToken);
        _http2 = await Tested("HTTP/2", static () => new Http2InterimWriter(), InterimSelfTest.Http2, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IInterimWriter? Writer(string protocol) =>
        HttpProtocol.IsHttp11(protocol) ? _http1 : HttpProtocol.IsHttp2(protocol) ? _http2 : null;

    private async Task<IInterimWriter?> Tested(
        string protocol, Func<IInterimWriter> make, Func<IInterimWriter, CancellationToken, Task> test, CancellationToken cancellation)
    {
        try
        {
            var writer = make();
            await test(writer, cancellation);
            return writer;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            log.LogWarning(e, "No 104 on {Protocol}: clients of the IETF protocol that are cut may have to start again", protocol);
            return null;
        }
    }
}

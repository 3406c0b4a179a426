using Microsoft.AspNetCore.Http.Features;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Sends 104 (Upload Resumption Supported) ahead of the answer that counts, where <see cref="IngestOptions.Interim"/>
/// wants it. Kestrel has no way to send a 1xx (https://github.com/dotnet/aspnetcore/issues/27851), so each version of
/// HTTP has a writer that goes past it. A writer is tested with the Kestrel that runs before its first use, and not
/// used if it fails: a 104 is a courtesy, and the protocol works without.
/// </summary>
internal sealed class InterimResponses
{
    /// <summary>Upload Resumption Supported.</summary>
    public const int Status = 104;

    private readonly InterimMode _mode;
    private readonly CancellationToken _stopping;
    private readonly ILogger<InterimResponses> _log;
    private readonly Lazy<Task<IInterimWriter?>> _http1;
    private readonly Lazy<Task<IInterimWriter?>> _http2;

    /// <summary>Tests nothing yet.</summary>
    public InterimResponses(IngestOptions options, IHostApplicationLifetime lifetime, ILogger<InterimResponses> log)
    {
        (_mode, _stopping, _log) = (options.Interim, lifetime.ApplicationStopping, log);
        _http1 = new(() => Tested("HTTP/1.1", static () => new Http1InterimWriter(), InterimSelfTest.Http1));
        _http2 = new(() => Tested("HTTP/2", static () => new Http2InterimWriter(), InterimSelfTest.Http2));
    }

    /// <summary>Whether a client can be told anything before its answer. The first call waits for the test.</summary>
    public async ValueTask<bool> CanSend(HttpContext context) => await Writer(context) is not null;

    /// <summary>Sends one, if the connection can carry it. Whether it arrives changes nothing for the upload.</summary>
    /// <param name="context">A request that the caller handles.</param>
    /// <param name="headers">What it says: text of our own making only.</param>
    public async ValueTask Send(HttpContext context, IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        if (context.Response.HasStarted || await Writer(context) is not { } writer)
            return;
        try
        {
            await writer.Write(context, headers);
        }
        catch (Exception e) when (RequestBody.IsCut(e))
        {
            // Who reads the body finds out.
        }
    }

    /// <summary>
    /// Whether 104s go out on a request's connection. <see cref="InterimMode.Auto"/> asks the connection itself:
    /// <c>X-Forwarded-Proto: https</c> says the opposite, that TLS ended at a proxy.
    /// </summary>
    internal static bool AreWanted(InterimMode mode, HttpContext context) => mode switch
    {
        InterimMode.On => true,
        InterimMode.Auto => context.Features.Get<ITlsConnectionFeature>() is not null,
        _ => false,
    };

    private async ValueTask<IInterimWriter?> Writer(HttpContext context) =>
        AreWanted(_mode, context) && WriterOf(context.Request.Protocol) is { } tested ? await tested.Value : null;

    private Lazy<Task<IInterimWriter?>>? WriterOf(string protocol) =>
        HttpProtocol.IsHttp11(protocol) ? _http1 : HttpProtocol.IsHttp2(protocol) ? _http2 : null;

    private async Task<IInterimWriter?> Tested(
        string protocol, Func<IInterimWriter> make, Func<IInterimWriter, CancellationToken, Task> test)
    {
        try
        {
            var writer = make();
            await test(writer, _stopping);
            return writer;
        }
        catch (Exception e)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _log.LogWarning(
                    e, "No 104 on {Protocol}: clients of the IETF protocol start again after a cut", protocol);
            }
            return null;
        }
    }
}

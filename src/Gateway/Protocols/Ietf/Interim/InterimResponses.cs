using Microsoft.AspNetCore.Http.Features;
using OrleansIngest.Silo;
using OrleansIngest.Uploads;

namespace OrleansIngest.Gateway.Protocols.Ietf.Interim;

/// <summary>
/// Sends 104 (Upload Resumption Supported) before the final response, on the connections that
/// <see cref="IngestOptions.Interim"/> allows. Kestrel has no API for 1xx responses
/// (https://github.com/dotnet/aspnetcore/issues/27851), so a writer per HTTP version goes around
/// it. Before its first use each writer is tested with the Kestrel that runs, and it is not used if
/// the test fails: the protocol works without 104.
/// </summary>
internal sealed class InterimResponses
{
    /// <summary>The status code of Upload Resumption Supported.</summary>
    public const int Status = 104;

    private readonly InterimMode _mode;
    private readonly CancellationToken _stopping;
    private readonly ILogger<InterimResponses> _log;
    private readonly Lazy<Task<IInterimWriter?>> _http1;
    private readonly Lazy<Task<IInterimWriter?>> _http2;

    /// <summary>Creates the service. The writers are tested when they are first needed.</summary>
    public InterimResponses(IngestOptions options, IHostApplicationLifetime lifetime, ILogger<InterimResponses> log)
    {
        (_mode, _stopping, _log) = (options.Interim, lifetime.ApplicationStopping, log);
        _http1 = new(() => Tested("HTTP/1.1", static () => new Http1InterimWriter(), InterimSelfTest.Http1));
        _http2 = new(() => Tested("HTTP/2", static () => new Http2InterimWriter(), InterimSelfTest.Http2));
    }

    /// <summary>
    /// Whether a 104 can be sent on the request's connection. The first call waits for the test
    /// of the writer.
    /// </summary>
    public async ValueTask<bool> CanSend(HttpContext context) => await Writer(context) is not null;

    /// <summary>
    /// Sends a 104 if the connection allows it. The upload does not depend on its arrival.
    /// </summary>
    /// <param name="context">The request, which the caller handles.</param>
    /// <param name="headers">
    /// The headers of the 104. They are not validated, so they must not contain a client's text.
    /// </param>
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
            // The client disconnected. The code that reads the body finds out too, and handles it.
        }
    }

    /// <summary>
    /// Whether a mode allows 104s on a request's connection. <see cref="InterimMode.Auto"/> looks
    /// at the connection itself, not at <c>X-Forwarded-Proto</c>: the value <c>https</c> there
    /// means that a proxy terminated TLS.
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
                    e,
                    "The self-test of 104 responses on {Protocol} failed, so none are sent: a client of the IETF"
                    + " protocol that loses its connection before the response must start its upload again",
                    protocol);
            }
            return null;
        }
    }
}

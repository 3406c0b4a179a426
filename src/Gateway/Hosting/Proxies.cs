using Microsoft.AspNetCore.HttpOverrides;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Restores what a reverse proxy changes in a request: the client's address, the scheme, the host
/// name and the path. docs/proxies.md says how to configure proxies.
/// </summary>
internal static class Proxies
{
    /// <summary>
    /// Sets the path base of <see cref="IngestOptions.PathBase"/>, below which a proxy publishes
    /// the server. It works whether the proxy removes the prefix from the path or not.
    /// </summary>
    public static void UseFixedPath(this WebApplication app, IngestOptions options)
    {
        if (Normalize(options.PathBase) is not { HasValue: true } fixedPath)
            return;
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments(fixedPath, StringComparison.Ordinal, out var rest))
                context.Request.Path = rest;
            context.Request.PathBase = fixedPath;
            return next(context);
        });
    }

    /// <summary>
    /// Applies the <c>X-Forwarded-*</c> headers of trusted proxies; those of other senders are
    /// ignored. <see cref="HostGuard"/> runs twice: before this it checks the host that the proxy
    /// sent, here the host that the client sent to the proxy. Both must be allowed: a page whose
    /// own name resolves to this machine (DNS rebinding) can send any header.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app, IngestOptions options)
    {
        if (options.TrustedProxies.Length == 0)
            return; // with an empty list ASP.NET Core would trust every sender
        app.UseForwardedHeaders(Trust(options.TrustedProxies));
        app.Use(static (context, next) =>
        {
            context.Request.PathBase = Normalize(context.Request.PathBase.Value); // X-Forwarded-Prefix, as it was sent
            return next(context);
        });
        app.UseMiddleware<HostGuard>();
    }

    private static ForwardedHeadersOptions Trust(string proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.All,
            ForwardLimit = null, // follow a chain of proxies up to the first address that is not trusted
        };
        // The defaults trust loopback, which the operator did not name.
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Configuration.Networks(proxies))
            options.KnownIPNetworks.Add(network);
        return options;
    }

    /// <summary>
    /// Makes a path begin with one slash and end without one. A URL that begins with two slashes
    /// would name another server.
    /// </summary>
    private static PathString Normalize(string? path) =>
        path?.Trim('/') is { Length: > 0 } inner ? new PathString($"/{inner}") : PathString.Empty;
}

using Microsoft.AspNetCore.HttpOverrides;
using OrleansIngest.Silo;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// What is different for a request that comes through a proxy: who sent it, by which scheme and name, and below which
/// path. docs/proxies.md says how to set proxies up.
/// </summary>
internal static class Proxies
{
    /// <summary>
    /// A proxy may offer the server at a path of its own (<see cref="IngestOptions.PathBase"/>), and take it away from
    /// requests or not.
    /// </summary>
    public static void UseFixedPath(this WebApplication app, IngestOptions options)
    {
        if (Tidy(options.PathBase) is not { HasValue: true } fixedPath)
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
    /// Believes what trusted proxies say in <c>X-Forwarded-…</c>, and nobody else. <see cref="HostGuard"/> has looked
    /// at the name by which the proxy calls the server, and looks here at the name by which the proxy was called. Both
    /// must be the server's: a page whose own name leads to this machine (DNS rebinding) can send any header.
    /// </summary>
    public static void UseTrustedProxies(this WebApplication app, IngestOptions options)
    {
        if (options.TrustedProxies.Length == 0)
            return; // ASP.NET would take an empty list for everybody
        app.UseForwardedHeaders(Believe(options.TrustedProxies));
        app.Use(static (context, next) =>
        {
            context.Request.PathBase = Tidy(context.Request.PathBase.Value);
            return next(context);
        });
        app.UseMiddleware<HostGuard>();
    }

    private static ForwardedHeadersOptions Believe(string proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.All,
            ForwardLimit = null, // a chain of proxies is followed to the first address that is none of them
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in Configuration.Networks(proxies))
            options.KnownIPNetworks.Add(network);
        return options;
    }

    /// <summary>
    /// One slash before it and none behind: a URL that begins with two slashes would name another server.
    /// </summary>
    private static PathString Tidy(string? path) =>
        path?.Trim('/') is { Length: > 0 } inner ? new PathString($"/{inner}") : PathString.Empty;
}

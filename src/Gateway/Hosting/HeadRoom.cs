using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Limits the size of the request header section (the "head"), depending on the number of open
/// connections. A tus concatenation names all of its parts in one header, so a head may be long;
/// but ten thousand connections must not hold a long head each. While at most <see cref="MaxLong"/>
/// connections are open, every request may have <see cref="Longest"/> bytes of headers. Above that,
/// connections that were open before keep this limit, and new ones get <see cref="Usual"/>. So
/// HTTP/1.1 connections with long heads hold at most <see cref="MaxLong"/> × <see cref="Longest"/>
/// bytes together. With HTTP/2 the limit is per stream, not per connection.
/// </summary>
internal sealed class HeadRoom
{
    /// <summary>The limit in bytes while few connections are open.</summary>
    public const int Longest = 256 * 1024;

    /// <summary>
    /// The limit in bytes while more than <see cref="MaxLong"/> connections are open. It is
    /// Kestrel's default.
    /// </summary>
    public const int Usual = 32 * 1024;

    /// <summary>The number of connections up to which long heads are accepted.</summary>
    public const int MaxLong = 1024;

    private KestrelServerLimits? _limits;

    /// <summary>The current limit in bytes.</summary>
    public int Now { get; private set; } = Longest;

    /// <summary>
    /// Controls the limits of a Kestrel server, which reads them when it accepts a connection and
    /// when it begins to read a request's headers.
    /// </summary>
    public void Govern(KestrelServerLimits limits)
    {
        _limits = limits;
        Fit(connections: 0);
    }

    /// <summary>
    /// Sets the limit for a number of open connections. Not thread-safe: the caller
    /// serializes the calls.
    /// </summary>
    public void Fit(int connections)
    {
        Now = connections <= MaxLong ? Longest : Usual;
        _limits!.MaxRequestHeadersTotalSize = Now;
        // Larger than the total: Kestrel closes an HTTP/2 connection without a response if one
        // field is too long.
        _limits.Http2.MaxRequestHeaderFieldSize = 2 * Now;
    }
}

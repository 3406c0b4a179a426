using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// How long the heads of requests may be. A tus concatenation names all of its parts in one header, so a head may be
/// long; but ten thousand connections must not hold one each. As long as few are open, all may send long heads. When
/// more are, those that were open before keep that, and the others send heads of the usual length. So over HTTP/1.1 all
/// together hold at most <see cref="MaxLong"/> × <see cref="Longest"/>, and the rest what they always could. Over HTTP/2
/// each stream of a connection may hold a head.
/// </summary>
internal sealed class HeadRoom
{
    /// <summary>Bytes of the longest head.</summary>
    public const int Longest = 256 * 1024;

    /// <summary>Bytes of a head while many connections are open.</summary>
    public const int Usual = 32 * 1024;

    /// <summary>So many connections may send long heads.</summary>
    public const int MaxLong = 1024;

    private KestrelServerLimits? _limits;

    /// <summary>Bytes of a head that begins now.</summary>
    public int Now { get; private set; } = Longest;

    /// <summary>Governs the limits of a server: it reads them when a connection is opened and when a head begins.</summary>
    public void Govern(KestrelServerLimits limits)
    {
        _limits = limits;
        Fit(connections: 0);
    }

    /// <summary>So many connections are open now. One caller at a time.</summary>
    public void Fit(int connections)
    {
        Now = connections <= MaxLong ? Longest : Usual;
        _limits!.MaxRequestHeadersTotalSize = Now;
        _limits.Http2.MaxRequestHeaderFieldSize = 2 * Now; // with less the connection would end, and nobody be told why
    }
}

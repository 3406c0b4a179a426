using System.Net;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// A server behind the proxies of <c>docs/proxies.md</c>, and behind one with default settings.
/// </summary>
public sealed class ProxyServer() : ServerFixture("TrustedProxies=127.0.0.1")
{
    /// <summary>The name of nginx with default settings.</summary>
    public const string DefaultNginx = "default nginx";

    private readonly Dictionary<string, Proxy> _proxies = [];

    /// <summary>The proxies with the settings of the docs.</summary>
    public static TheoryData<string> Documented => ["nginx", "haproxy"];

    /// <summary>All proxies.</summary>
    public static TheoryData<string> All => ["nginx", "haproxy", DefaultNginx];

    /// <summary>
    /// The proxies with the settings of the docs, each with the versions of HTTP that clients
    /// speak.
    /// </summary>
    public static TheoryData<string, int> Ways =>
        new() { { "nginx", 1 }, { "nginx", 2 }, { "haproxy", 1 }, { "haproxy", 2 } };

    /// <summary>The proxy with a name.</summary>
    public Proxy Proxy(string name) => _proxies[name];

    /// <summary>A client of a proxy.</summary>
    /// <param name="name">The name of the proxy.</param>
    /// <param name="http">The major version of HTTP.</param>
    public HttpClient Client(string name, int http = 1) =>
        _proxies[name].Client(http == 2 ? HttpVersion.Version20 : HttpVersion.Version11);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var (http, grpc) = (Server.Http.Authority, Server.Grpc);
        _proxies["nginx"] = await Proxies.Proxy.Nginx(http, grpc);
        _proxies["haproxy"] = await Proxies.Proxy.Haproxy(http, grpc);
        _proxies[DefaultNginx] = await Proxies.Proxy.DefaultNginx(http);
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies.Values)
            await proxy.DisposeAsync();
        await base.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class ProxyCollection : ICollectionFixture<ProxyServer>
{
    public const string Name = "proxies";
}

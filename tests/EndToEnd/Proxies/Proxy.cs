using System.Net;
using System.Net.Sockets;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// nginx or haproxy before a server, with the configurations of <c>docs/proxies/</c>. Only
/// addresses and the certificate differ.
/// </summary>
public sealed class Proxy : IAsyncDisposable
{
    /// <summary>
    /// The settings that nginx needs beside a site, and the places where it may write. It is one
    /// process, so it ends as one.
    /// </summary>
    private const string NginxMain = """
        daemon off; master_process off; pid nginx.pid; error_log stderr warn;
        events {}
        http {
            access_log off;
            client_body_temp_path body; proxy_temp_path proxy;
            fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
            include site.conf;
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly ChildProcess _process;
    private readonly List<HttpClient> _clients = [];

    private Proxy(
        Uri entrance, string program, string[] arguments, params IEnumerable<(string Name, string Text)> files)
    {
        Entrance = entrance;
        foreach (var (name, text) in files)
            File.WriteAllText(_folder.File(name), text);
        _process = new ChildProcess(program, arguments, _folder.Path);
    }

    /// <summary>The address to which clients send their requests.</summary>
    public Uri Entrance { get; }

    /// <summary>nginx with <c>docs/proxies/nginx.conf</c>.</summary>
    /// <param name="http">The server's address and port for HTTP/1.1.</param>
    /// <param name="grpc">The server's address and port for HTTP/2.</param>
    public static Task<Proxy> Nginx(string http, string grpc)
    {
        var port = Ports.Take();
        return Nginx(new Uri($"https://localhost:{port}"), Documented("nginx.conf", http, grpc, [
            ("listen 443 ", $"listen 127.0.0.1:{port} "),
            ("/etc/ssl/ingest.example.crt", ProxyCertificate.File),
            ("/etc/ssl/private/ingest.example.key", ProxyCertificate.File)]));
    }

    /// <summary>nginx with default settings and the address of the server.</summary>
    public static Task<Proxy> DefaultNginx(string http)
    {
        var port = Ports.Take();
        var site = $"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://{http}; }} }}";
        return Nginx(new Uri($"http://localhost:{port}"), site);
    }

    /// <summary>haproxy with <c>docs/proxies/haproxy.cfg</c>.</summary>
    /// <param name="http">The server's address and port for HTTP/1.1.</param>
    /// <param name="grpc">The server's address and port for HTTP/2.</param>
    public static Task<Proxy> Haproxy(string http, string grpc)
    {
        var port = Ports.Take();
        var configuration = Documented("haproxy.cfg", http, grpc, [
            ("bind :443 ", $"bind 127.0.0.1:{port} "),
            ("/etc/ssl/ingest.example.pem", ProxyCertificate.File)]);
        var entrance = new Uri($"https://localhost:{port}");
        return Started(new Proxy(entrance, "haproxy", ["-db", "-f", "haproxy.cfg"], ("haproxy.cfg", configuration)));
    }

    /// <summary>A client that uses the proxy with one version of HTTP.</summary>
    public HttpClient Client(Version version)
    {
        var handler = new SocketsHttpHandler
        {
            MaxResponseHeadersLength = IngestServer.MaxAnswerHead,
            AllowAutoRedirect = false,
            SslOptions = { CertificateChainPolicy = ProxyCertificate.Trusted },
        };
        var client = new HttpClient(handler)
        {
            BaseAddress = Entrance,
            DefaultRequestVersion = version,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static Task<Proxy> Nginx(Uri entrance, string site) =>
        Started(new Proxy(
            entrance, "nginx", ["-p", ".", "-c", "main.conf"], ("main.conf", NginxMain), ("site.conf", site)));

    /// <summary>
    /// A configuration of the docs with some texts replaced. Each replaced text must be in it.
    /// </summary>
    private static string Documented(string file, string http, string grpc, (string Text, string By)[] replaced)
    {
        var text = File.ReadAllText(Path.Combine(Paths.Docs, "proxies", file));
        foreach (var (old, by) in replaced.Concat([("127.0.0.1:5080", http), ("127.0.0.1:5081", grpc)]))
        {
            Assert.Contains(old, text);
            text = text.Replace(old, by, StringComparison.Ordinal);
        }
        return text;
    }

    private static async Task<Proxy> Started(Proxy proxy)
    {
        await Eventually.True("the proxy listens", async () =>
        {
            Assert.False(proxy._process.HasEnded, $"The proxy ended: {proxy._process.Errors}");
            return await proxy.Listens();
        });
        return proxy;
    }

    private async Task<bool> Listens()
    {
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, Entrance.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

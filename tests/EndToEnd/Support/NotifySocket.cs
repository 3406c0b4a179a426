using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// Plays the part of systemd: a socket on which a service reports its state (sd_notify).
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly StringBuilder _heard = new();

    /// <summary>Creates the socket.</summary>
    /// <param name="folder">The folder for the socket; its path must be short.</param>
    public NotifySocket(string folder)
    {
        _path = Path.Combine(folder, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
    }

    /// <summary>The environment variable that tells a service where the socket is.</summary>
    public KeyValuePair<string, string> Environment => new("NOTIFY_SOCKET", _path);

    /// <summary>All reports so far, one per line.</summary>
    public string Heard()
    {
        var message = new byte[4096];
        while (_socket.Available > 0)
            _heard.AppendLine(Encoding.UTF8.GetString(message, 0, _socket.Receive(message)));
        return _heard.ToString();
    }

    /// <summary>Waits for a report.</summary>
    public Task Hears(string what) =>
        Eventually.True($"systemd hears {what}", () => Heard().Contains(what, StringComparison.Ordinal));

    public void Dispose() => _socket.Dispose();
}

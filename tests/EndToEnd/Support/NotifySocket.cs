using System.Net.Sockets;
using System.Text;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>Stands for systemd: the socket that a service tells how it is (sd_notify).</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly string _path;
    private readonly StringBuilder _heard = new();

    /// <summary>Makes it.</summary>
    /// <param name="folder">Where; its path must be short.</param>
    public NotifySocket(string folder)
    {
        _path = Path.Combine(folder, "notify");
        _socket.Bind(new UnixDomainSocketEndPoint(_path));
    }

    /// <summary>What a service of systemd finds in its environment.</summary>
    public KeyValuePair<string, string> Environment => new("NOTIFY_SOCKET", _path);

    /// <summary>All that was told so far, a line each.</summary>
    public string Heard()
    {
        var message = new byte[4096];
        while (_socket.Available > 0)
            _heard.AppendLine(Encoding.UTF8.GetString(message, 0, _socket.Receive(message)));
        return _heard.ToString();
    }

    /// <summary>Waits until something is told.</summary>
    public Task Hears(string what) => Eventually.True($"systemd hears {what}", () => Heard().Contains(what, StringComparison.Ordinal));

    public void Dispose() => _socket.Dispose();
}

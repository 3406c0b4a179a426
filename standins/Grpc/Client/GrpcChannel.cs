using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client.Internal;

namespace Grpc.Net.Client;

/// <summary>A way to one server, over HTTP/2: with TLS for <c>https</c>, without (and without asking first) for <c>http</c>.
/// It is meant to be shared; disposing it cancels its calls.</summary>
public sealed class GrpcChannel : ChannelBase, IDisposable
{
    private readonly ConcurrentDictionary<IDisposable, bool> _calls = new();
    private readonly ConcurrentDictionary<string, Uri> _addresses = new();
    private readonly Uri _address;
    private readonly bool _ownsHttp;
    private volatile bool _disposed;

    private GrpcChannel(Uri address, GrpcChannelOptions options)
        : base(address.Authority)
    {
        if (options is { HttpClient: not null, HttpHandler: not null })
            throw new ArgumentException("HttpClient and HttpHandler are both set: a channel uses one of them.", nameof(options));
        (_address, Options) = (address, options);
        _ownsHttp = options is { HttpClient: null, HttpHandler: null } || options.DisposeHttpClient;
        Http = options.HttpClient ?? new HttpMessageInvoker(options.HttpHandler ?? CreateHandler(), _ownsHttp);
    }

    internal GrpcChannelOptions Options { get; }

    internal HttpMessageInvoker Http { get; }

    /// <summary>A channel to <c>http(s)://host:port</c>; a path in it is ignored.</summary>
    public static GrpcChannel ForAddress(string address) => ForAddress(new Uri(address));

    /// <summary>A channel to <c>http(s)://host:port</c>, with options.</summary>
    public static GrpcChannel ForAddress(string address, GrpcChannelOptions channelOptions) => ForAddress(new Uri(address), channelOptions);

    /// <summary>A channel to <c>http(s)://host:port</c>; a path in it is ignored.</summary>
    public static GrpcChannel ForAddress(Uri address) => ForAddress(address, new GrpcChannelOptions());

    /// <summary>A channel to <c>http(s)://host:port</c>, with options.</summary>
    public static GrpcChannel ForAddress(Uri address, GrpcChannelOptions channelOptions)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(channelOptions);
        return new GrpcChannel(address, channelOptions);
    }

    /// <inheritdoc/>
    public override CallInvoker CreateCallInvoker()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new HttpCallInvoker(this);
    }

    /// <summary>Cancels all calls and closes the connections, unless they are the caller's.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var call in _calls.Keys) call.Dispose();
        if (_ownsHttp) Http.Dispose();
    }

    internal Uri AddressOf(IMethod method) => _addresses.GetOrAdd(method.FullName, static (path, address) => new Uri(address, path), _address);

    /// <summary>Lets this channel's disposal end a call, until <see cref="Remove"/>.</summary>
    internal void Add(IDisposable call)
    {
        _calls[call] = true;
        if (_disposed) call.Dispose();
    }

    internal void Remove(IDisposable call) => _calls.TryRemove(call, out _);

    // A server allows about a hundred calls on a connection; more of them need more connections.
    private static SocketsHttpHandler CreateHandler() => new() { EnableMultipleHttp2Connections = true };
}

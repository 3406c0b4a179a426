using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>A call on an HTTP request.</summary>
internal sealed class HttpCallContext : ServerCallContext, IAsyncDisposable
{
    // Headers of HTTP and of gRPC itself, which are not the client's metadata.
    private static readonly HashSet<string> NotMetadata = new(StringComparer.OrdinalIgnoreCase)
    {
        "grpc-encoding", "grpc-accept-encoding", "grpc-timeout", "content-encoding", "content-type", "te", "host", "accept-encoding",
    };

    private readonly GrpcServiceOptions _options;
    private readonly CallDeadline? _deadline;
    private Metadata? _requestHeaders;
    private Metadata? _responseTrailers;

    public HttpCallContext(HttpContext http, GrpcServiceOptions options)
    {
        (Http, _options) = (http, options);
        Output = new CallOutput(http.Response, options.MaxSendMessageSize);
        if (Wire.TryDecodeTimeout(http.Request.Headers["grpc-timeout"], out var timeout)) _deadline = new CallDeadline(http, Output, timeout);
    }

    public HttpContext Http { get; }

    public CallOutput Output { get; }

    protected override string MethodCore => Http.Request.Path.Value!;

    protected override string HostCore => Http.Request.Host.Value!;

    protected override string PeerCore => Http.Connection switch
    {
        { RemoteIpAddress: { AddressFamily: AddressFamily.InterNetwork } address, RemotePort: var port } => $"ipv4:{address}:{port}",
        { RemoteIpAddress: { AddressFamily: AddressFamily.InterNetworkV6 } address, RemotePort: var port } => $"ipv6:[{address}]:{port}",
        _ => "unknown",
    };

    protected override DateTime DeadlineCore => _deadline?.At ?? DateTime.MaxValue;

    protected override CancellationToken CancellationTokenCore => _deadline?.Token ?? Http.RequestAborted;

    protected override Metadata RequestHeadersCore => _requestHeaders ??= ReadHeaders(Http.Request.Headers);

    protected override Metadata ResponseTrailersCore => _responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    protected override AuthContext AuthContextCore => new(Http.Connection.ClientCertificate == null ? null : "x509_common_name", []);

    protected override IDictionary<object, object> UserStateCore => Http.Items!;

    public ValueTask<T> ReadRequestAsync<T>(Marshaller<T> marshaller)
        where T : class => RequestReader.ReadAsync(Http, marshaller, _options.MaxReceiveMessageSize, _deadline?.Token ?? default);

    /// <summary>Sends the status and the trailers that the handler set, unless the deadline was first.</summary>
    public void End() => Output.TryEnd(Status, _responseTrailers);

    /// <summary>Sends the status that an exception means, unless the deadline was first.</summary>
    public void Fail(Exception error)
    {
        if (error is RpcException refusal)
        {
            foreach (var trailer in refusal.Trailers) ResponseTrailers.Add(trailer);
            Status = refusal.Status;
            End();
            return;
        }

        // The handler's trailers may be what is wrong, so they are left out.
        var detail = _options.EnableDetailedErrors == true ? $" {Describe(error)}" : "";
        Output.TryEnd(Status = new Status(StatusCode.Unknown, $"Exception was thrown by handler.{detail}", error), null);
    }

    public ValueTask DisposeAsync() => _deadline?.DisposeAsync() ?? default;

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        if (Http.Response.HasStarted) throw new InvalidOperationException("Response headers can only be sent once per call.");
        foreach (var header in responseHeaders) Protocol.Append(Http.Response.Headers, header);
        await Http.Response.BodyWriter.FlushAsync(CancellationToken);
    }

    protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) =>
        throw new NotSupportedException("Servers on ASP.NET Core do not propagate contexts.");

    private static Metadata ReadHeaders(IHeaderDictionary headers)
    {
        var metadata = new Metadata();
        foreach (var (key, value) in headers)
        {
            if (!key.StartsWith(':') && !NotMetadata.Contains(key)) metadata.AddEncoded(key, value.ToString());
        }

        return metadata;
    }

    private static string Describe(Exception error) =>
        $"{error.GetType().Name}: {error.Message}{(error.InnerException == null ? "" : $" {Describe(error.InnerException)}")}";
}

namespace Grpc.Core;

/// <summary>Which side of a call sends a stream.</summary>
public enum MethodType
{
    /// <summary>One request, one response.</summary>
    Unary,

    /// <summary>A stream of requests, one response.</summary>
    ClientStreaming,

    /// <summary>One request, a stream of responses.</summary>
    ServerStreaming,

    /// <summary>Streams both ways.</summary>
    DuplexStreaming,
}

/// <summary>What is known of a method without its messages.</summary>
public interface IMethod
{
    /// <summary>Which sides stream.</summary>
    MethodType Type { get; }

    /// <summary>The service, with its package: <c>ingest.v1.Jobs</c>.</summary>
    string ServiceName { get; }

    /// <summary>The method's own name: <c>GetJob</c>.</summary>
    string Name { get; }

    /// <summary>The path on the wire: <c>/ingest.v1.Jobs/GetJob</c>.</summary>
    string FullName { get; }
}

/// <summary>A method: its name, and how its messages become bytes.</summary>
public sealed class Method<TRequest, TResponse> : IMethod
{
    /// <summary>Describes a method.</summary>
    public Method(MethodType type, string serviceName, string name, Marshaller<TRequest> requestMarshaller, Marshaller<TResponse> responseMarshaller)
    {
        ArgumentNullException.ThrowIfNull(serviceName);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(requestMarshaller);
        ArgumentNullException.ThrowIfNull(responseMarshaller);
        (Type, ServiceName, Name, FullName) = (type, serviceName, name, $"/{serviceName}/{name}");
        (RequestMarshaller, ResponseMarshaller) = (requestMarshaller, responseMarshaller);
    }

    /// <inheritdoc/>
    public MethodType Type { get; }

    /// <inheritdoc/>
    public string ServiceName { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string FullName { get; }

    /// <summary>How a request becomes bytes and back.</summary>
    public Marshaller<TRequest> RequestMarshaller { get; }

    /// <summary>How a response becomes bytes and back.</summary>
    public Marshaller<TResponse> ResponseMarshaller { get; }
}

using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Maps the methods of a service. Which there are, the service's bind method says; what handles one is the method of
/// that name on the service's class, for there is no instance yet to ask.</summary>
internal sealed class ServiceBinder<TService>(IEndpointRouteBuilder endpoints, GrpcServiceOptions options, ILogger logger) : ServiceBinderBase
    where TService : class
{
    private Type _baseType = typeof(TService);

    public List<IEndpointConventionBuilder> Endpoints { get; } = [];

    public HashSet<string> ServiceNames { get; } = [];

    public void Bind()
    {
        var bind = FindBindMethod() ?? throw new InvalidOperationException($"'{typeof(TService)}' has no [BindServiceMethod] that names a method for it.");
        _baseType = bind.GetParameters()[1].ParameterType;
        try
        {
            bind.Invoke(null, [this, null]);
        }
        catch (TargetInvocationException error)
        {
            throw new InvalidOperationException($"Error binding gRPC service '{typeof(TService).Name}': {error.InnerException?.Message}", error.InnerException);
        }
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, UnaryServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(method.Name, [typeof(TRequest), typeof(ServerCallContext)]);
        var invoke = target.CreateDelegate<Func<TService, TRequest, ServerCallContext, Task<TResponse>>>();
        Map(method, target, new UnaryCallHandler<TService, TRequest, TResponse>(method, invoke, options, logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ServerStreamingServerMethod<TRequest, TResponse>? handler)
    {
        var target = FindHandler(method.Name, [typeof(TRequest), typeof(IServerStreamWriter<TResponse>), typeof(ServerCallContext)]);
        var invoke = target.CreateDelegate<Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>();
        Map(method, target, new ServerStreamingCallHandler<TService, TRequest, TResponse>(method, invoke, options, logger));
    }

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, ClientStreamingServerMethod<TRequest, TResponse>? handler) =>
        throw Unsupported(method);

    public override void AddMethod<TRequest, TResponse>(Method<TRequest, TResponse> method, DuplexStreamingServerMethod<TRequest, TResponse>? handler) =>
        throw Unsupported(method);

    private static NotSupportedException Unsupported(IMethod method) =>
        new($"'{method.FullName}' is {method.Type}: this stand-in serves unary and server streaming methods. Use the real Grpc.AspNetCore (UseStandIns=false).");

    // The attribute is inherited, and the bind method of a base class takes that base class.
    private static MethodInfo? FindBindMethod() =>
        typeof(TService).GetCustomAttribute<BindServiceMethodAttribute>() is { } named
            ? named.BindType.GetMethod(named.BindMethodName, BindingFlags.Public | BindingFlags.Static, [typeof(ServiceBinderBase), typeof(TService)])
            : null;

    // As on the real server, a handler is virtual and first declared by the class that the bind method takes;
    // a method that only hides it does not count.
    private MethodInfo FindHandler(string name, Type[] parameters)
    {
        for (var type = typeof(TService); type != null; type = type.BaseType)
        {
            var method = type.GetMethod(name, BindingFlags.Public | BindingFlags.Instance, parameters);
            if (method == null) break;
            if (method.IsVirtual && method.GetBaseDefinition().DeclaringType == _baseType) return method;
        }

        throw new InvalidOperationException(
            $"Could not find '{name}' on {typeof(TService)}: a public virtual method of {_baseType} with the parameters {string.Join(", ", parameters.Select(p => p.Name))}.");
    }

    private void Map(IMethod method, MethodInfo target, CallHandler handler)
    {
        var endpoint = endpoints.Map(method.FullName, handler.HandleAsync).WithDisplayName($"gRPC - {method.FullName}");
        object[] metadata = [.. typeof(TService).GetCustomAttributes(inherit: true), .. target.GetCustomAttributes(inherit: true)];
        endpoint.WithMetadata([.. metadata, new HttpMethodMetadata(["POST"], acceptCorsPreflight: true)]);
        Endpoints.Add(endpoint);
        ServiceNames.Add(method.ServiceName);
    }
}

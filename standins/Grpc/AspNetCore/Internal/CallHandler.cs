using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>Serves the calls of one method.</summary>
internal abstract class CallHandler(GrpcServiceOptions options, ILogger logger)
{
    public Task HandleAsync(HttpContext http)
    {
        if (Protocol.Refuses(http)) return Task.CompletedTask;
        http.Response.ContentType = Wire.ContentType;
        return RunAsync(http);
    }

    protected abstract Task InvokeAsync(HttpCallContext call);

    private async Task RunAsync(HttpContext http)
    {
        await using var call = new HttpCallContext(http, options);
        try
        {
            await InvokeAsync(call);
            call.End();
        }
        catch (Exception error)
        {
            Log(error, call);
            call.Fail(error);
        }
    }

    private void Log(Exception error, HttpCallContext call)
    {
        if (error is RpcException refusal)
            logger.LogInformation(refusal.Status.DebugException, "{Method} ends with {StatusCode}: {Detail}", call.Method, refusal.StatusCode, refusal.Status.Detail);
        else if (error is OperationCanceledException or IOException && call.CancellationToken.IsCancellationRequested)
            logger.LogInformation(error, "{Method} was cancelled.", call.Method);
        else
            logger.LogError(error, "Error when executing service method {Method}.", call.Method);
    }
}

/// <summary>Serves a method with one response.</summary>
internal sealed class UnaryCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method, Func<TService, TRequest, ServerCallContext, Task<TResponse>> invoke, GrpcServiceOptions options, ILogger logger)
    : CallHandler(options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpCallContext call)
    {
        var request = await call.ReadRequestAsync(method.RequestMarshaller);
        await using var service = new ActivatedService<TService>(call.Http.RequestServices);
        var response = await invoke(service.Instance, request, call)
            ?? throw new RpcException(new Status(StatusCode.Cancelled, "No message returned from method."));
        if (call.Output.Ended) return;
        await call.Output.WriteAsync(response, method.ResponseMarshaller, flush: false, default);
    }
}

/// <summary>Serves a method with a stream of responses.</summary>
internal sealed class ServerStreamingCallHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method, Func<TService, TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> invoke, GrpcServiceOptions options, ILogger logger)
    : CallHandler(options, logger)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(HttpCallContext call)
    {
        var request = await call.ReadRequestAsync(method.RequestMarshaller);
        await using var service = new ActivatedService<TService>(call.Http.RequestServices);
        await invoke(service.Instance, request, new StreamWriter<TResponse>(call, method.ResponseMarshaller), call);
    }
}

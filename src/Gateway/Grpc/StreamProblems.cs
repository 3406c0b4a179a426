using Grpc.Core;
using Grpc.Core.Interceptors;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// Logs an unexpected exception of a streaming call and ends the stream with a problem's status, as
/// <see cref="GrpcProblems.Answer{T}"/> does for unary calls.
/// </summary>
internal sealed class StreamProblems(GrpcProblems problems) : Interceptor
{
    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
        }
        catch (Exception e) when (e is not RpcException && !context.CancellationToken.IsCancellationRequested)
        {
            throw problems.Unexpected(e, context.Method);
        }
    }
}

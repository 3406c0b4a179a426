using Grpc.Core;
using Grpc.Core.Interceptors;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// Sees to it that a stream too ends with a problem when something goes wrong that its service does not know.
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
            throw problems.Unforeseen(e, context.Method);
        }
    }
}

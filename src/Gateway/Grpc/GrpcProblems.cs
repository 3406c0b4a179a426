using Grpc.Core;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>The table of errors in gRPC's words: the same code, in the trailer <c>ingest-error</c>.</summary>
internal sealed class GrpcProblems(ILogger<GrpcProblems> log)
{
    /// <summary>The trailer that carries <see cref="ProblemKind.Code"/>.</summary>
    public const string Trailer = "ingest-error";

    /// <summary>Runs a call; a problem becomes its status, and whatever else goes wrong is one.</summary>
    public async Task<T> Answer<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (ProblemException e)
        {
            throw ToRpc(e.Kind, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var problem = StorageProblems.Of(e) ?? new ProblemException(ProblemKind.Internal, "The server's log says more; try again.");
            log.LogError(e, "A call failed: {Code}", problem.Kind.Code);
            throw ToRpc(problem.Kind, problem.Message);
        }
    }

    /// <summary>A problem as the exception that gRPC turns into a status.</summary>
    public static RpcException ToRpc(ProblemKind kind, string detail) =>
        new(new Status(StatusOf(kind), detail), new Metadata { { Trailer, kind.Code } });

    private static StatusCode StatusOf(ProblemKind kind) => kind.Status switch
    {
        _ when kind == ProblemKind.FeedReset => StatusCode.OutOfRange,
        _ when kind == ProblemKind.HistoryDamaged => StatusCode.DataLoss,
        400 => StatusCode.InvalidArgument,
        404 => StatusCode.NotFound,
        409 or 410 or 422 => StatusCode.FailedPrecondition,
        503 => StatusCode.Unavailable,
        507 => StatusCode.ResourceExhausted,
        _ => StatusCode.Internal,
    };
}

using System.Text.RegularExpressions;
using Grpc.Core;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>The table of errors in gRPC's words: the same code, in the trailer <c>ingest-error</c>.</summary>
internal sealed partial class GrpcProblems(ProblemLog log)
{
    /// <summary>The trailer that carries <see cref="ProblemKind.Code"/>.</summary>
    public const string Trailer = "ingest-error";

    /// <summary>The types of calls, the longer ones first: some begin with another.</summary>
    private static readonly string[] s_types = ["application/grpc-web-text", "application/grpc-web", "application/grpc"];

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
            throw Unforeseen(e, "A call");
        }
    }

    /// <summary>What nobody foresaw is logged, and is a problem like any other.</summary>
    /// <param name="e">What went wrong.</param>
    /// <param name="call">Which call, for the log.</param>
    public RpcException Unforeseen(Exception e, string call)
    {
        var problem = StorageProblems.Of(e)
            ?? new ProblemException(ProblemKind.Internal, "The server's log says more; try again.");
        log.Write(problem, e, () => call);
        return ToRpc(problem.Kind, problem.Message);
    }

    /// <summary>Whether a request is a call, over gRPC or gRPC-Web.</summary>
    public static bool IsCall(HttpRequest request) => TypeOf(request) is not null;

    /// <summary>The answer to a call that did not come as far as its service.</summary>
    public static void Answer(HttpContext context, ProblemException problem)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK; // or clients look no further
        response.ContentType = TypeOf(context.Request);
        response.Headers["grpc-status"] = StatusOf(problem.Kind).ToString("D");
        response.Headers["grpc-message"] = NotAsItIs().Replace(problem.Message, match => Uri.EscapeDataString(match.Value));
        response.Headers[Trailer] = problem.Kind.Code;
    }

    /// <summary>gRPC refuses a message that is too large before its service hears of it: that gets our code.</summary>
    public static void NameRefusals(EndpointBuilder endpoint)
    {
        var call = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            await call(context);
            if (!context.Response.HasStarted && IsExhausted(context.Response.Headers))
                Answer(context, new ProblemException(ProblemKind.MessageTooLarge, "A message has 4 MiB at most."));
        };
    }

    /// <summary>Of the statuses that we give ourselves each has a code.</summary>
    private static bool IsExhausted(IHeaderDictionary headers) =>
        headers["grpc-status"] == StatusCode.ResourceExhausted.ToString("D") && !headers.ContainsKey(Trailer);

    private static string? TypeOf(HttpRequest request) =>
        Array.Find(s_types, type => request.ContentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>A problem as the exception that gRPC turns into a status.</summary>
    public static RpcException ToRpc(ProblemKind kind, string detail) =>
        new(new Status(StatusOf(kind), detail), new Metadata { { Trailer, kind.Code } });

    internal static StatusCode StatusOf(ProblemKind kind) => kind.Status switch
    {
        400 => StatusCode.InvalidArgument,
        403 or 421 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        409 or 410 or 422 => StatusCode.FailedPrecondition,
        423 or 503 => StatusCode.Unavailable,
        413 or 429 or 507 => StatusCode.ResourceExhausted,
        < 500 => StatusCode.InvalidArgument,
        _ => StatusCode.Internal,
    };

    /// <summary>What has to be escaped in a message: whatever is not printable ASCII, and the sign that escapes.</summary>
    [GeneratedRegex("[^ -~]+|%", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NotAsItIs();
}

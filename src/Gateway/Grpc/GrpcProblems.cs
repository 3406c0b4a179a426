using System.Text.RegularExpressions;
using Grpc.Core;
using OrleansIngest.Gateway.Problems;

namespace OrleansIngest.Gateway.Grpc;

/// <summary>
/// Maps problems to gRPC statuses. The code of a problem is the same as over HTTP (docs/errors.md)
/// and is sent in the trailer <c>ingest-error</c>.
/// </summary>
internal sealed partial class GrpcProblems(ProblemLog log)
{
    /// <summary>The trailer that carries <see cref="ProblemKind.Code"/>.</summary>
    public const string Trailer = "ingest-error";

    /// <summary>
    /// The content types of gRPC and gRPC-Web, longest first: a shorter one is a prefix of
    /// a longer one.
    /// </summary>
    private static readonly string[] s_contentTypes =
        ["application/grpc-web-text", "application/grpc-web", "application/grpc"];

    /// <summary>
    /// Runs a call. A <see cref="ProblemException"/> becomes its status; any other exception is
    /// logged and becomes the status of <see cref="ProblemKind.Internal"/> or of a storage problem.
    /// </summary>
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
            throw Unexpected(e, "A call");
        }
    }

    /// <summary>Logs an unexpected exception and maps it to a status.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="call">The name of the call, for the log.</param>
    public RpcException Unexpected(Exception e, string call)
    {
        var problem = StorageProblems.Of(e)
            ?? new ProblemException(ProblemKind.Internal, "The server's log says more; try again.");
        log.Write(problem, e, () => call);
        return ToRpc(problem.Kind, problem.Message);
    }

    /// <summary>Whether a request is a gRPC or gRPC-Web call.</summary>
    public static bool IsCall(HttpRequest request) => ContentTypeOf(request) is not null;

    /// <summary>
    /// Writes a problem as the response to a call that was refused before it reached its service
    /// (a trailers-only response).
    /// </summary>
    public static void Answer(HttpContext context, ProblemException problem)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK; // clients ignore grpc-status with any other HTTP status
        response.ContentType = ContentTypeOf(context.Request);
        response.Headers["grpc-status"] = StatusOf(problem.Kind).ToString("D");
        var message = NeedsEscape().Replace(problem.Message, match => Uri.EscapeDataString(match.Value));
        response.Headers["grpc-message"] = message;
        response.Headers[Trailer] = problem.Kind.Code;
    }

    /// <summary>
    /// Adds the code <c>message-too-large</c> when ASP.NET Core's gRPC refuses a message above 4
    /// MiB, which it does before the service is called.
    /// </summary>
    public static void AddCodeToRefusals(EndpointBuilder endpoint)
    {
        var call = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = async context =>
        {
            await call(context);
            if (!context.Response.HasStarted && IsExhausted(context.Response.Headers))
                Answer(context, new ProblemException(ProblemKind.MessageTooLarge, "A message has 4 MiB at most."));
        };
    }

    /// <summary>
    /// Whether gRPC itself set the status: every RESOURCE_EXHAUSTED of this server comes with a
    /// code in the trailer.
    /// </summary>
    private static bool IsExhausted(IHeaderDictionary headers) =>
        headers["grpc-status"] == StatusCode.ResourceExhausted.ToString("D") && !headers.ContainsKey(Trailer);

    private static string? ContentTypeOf(HttpRequest request) => Array.Find(
        s_contentTypes, type => request.ContentType?.StartsWith(type, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>
    /// Creates the exception that gRPC sends as a status, with the code of the problem.
    /// </summary>
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

    /// <summary>
    /// The characters that must be percent-encoded in <c>grpc-message</c>: all but printable ASCII,
    /// and the percent sign.
    /// </summary>
    [GeneratedRegex("[^ -~]+|%", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NeedsEscape();
}

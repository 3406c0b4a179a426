using Microsoft.AspNetCore.Connections;
using OrleansIngest.Gateway.Grpc;
using OrleansIngest.Gateway.Problems;
using OrleansIngest.Gateway.Protocols;
using OrleansIngest.Gateway.Protocols.Tus;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Turns what ends a request into its answer: the one place where an exception becomes a response.
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, RequestsInFlight inFlight, ProblemLog log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var isCounted = inFlight.Begin(context.Request);
        try
        {
            await next(context);
        }
        catch (Exception e) when (IsGone(context, e))
        {
            if (e is ConnectionCutException)
                RequestTelemetry.Failed(context, "cut");
            context.Abort(); // nobody is there to read an answer
        }
        catch (Exception e)
        {
            var problem = ToProblem(context, e);
            if (context.Response.HasStarted)
                context.Abort(); // so that nobody takes what came for all there is
            else
                await Answer(context, problem);
        }
        finally
        {
            if (isCounted)
                inFlight.End();
        }
    }

    private static bool IsGone(HttpContext context, Exception e) =>
        e is ConnectionCutException or ConnectionResetException
        || (e is OperationCanceledException && context.RequestAborted.IsCancellationRequested);

    private ProblemException ToProblem(HttpContext context, Exception e)
    {
        var problem = e switch
        {
            ProblemException already => already,
            BadHttpRequestException bad =>
                new ProblemException(ProblemKind.MalformedRequest with { Status = bad.StatusCode }, bad.Message),
            _ => StorageProblems.Of(e) ?? new ProblemException(
                ProblemKind.Internal, "The server's log says more. What arrived is kept; try again.", e),
        };
        if (problem.InnerException is { } cause)
            log.Write(problem, cause, () => Describe(context));
        return problem;
    }

    private static string Describe(HttpContext context)
    {
        var (request, values) = (context.Request, context.Request.RouteValues);
        return $"{request.Method} {request.Path} (job {values["job"]}, media {values["media"]})";
    }

    private static async Task Answer(HttpContext context, ProblemException problem)
    {
        RequestTelemetry.Failed(context, problem.Kind.Code);
        var response = context.Response;
        response.StatusCode = problem.Kind.Status;
        response.ContentLength = null;
        TusHeaders.TellVersion(context);
        if (problem.Kind == ProblemKind.ShuttingDown && HttpProtocol.IsHttp11(context.Request.Protocol))
            response.Headers.Connection = "close"; // what comes next is for another process
        foreach (var (name, value) in problem.Headers)
            response.Headers[name] = value;
        if (HttpMethods.IsHead(UploadMethods.Effective(context.Request)))
        {
            AnswerHead(context, problem.Kind);
            return;
        }
        if (GrpcProblems.IsCall(context.Request))
        {
            GrpcProblems.Answer(context, problem);
            return;
        }
        await response.WriteAsJsonAsync(problem.Details(), options: null, ProblemException.ContentType);
    }

    /// <summary>
    /// tus-js-client comes again after 423 and a closed line. It takes any other answer for the end
    /// of the upload and would start at byte 0.
    /// </summary>
    private static void AnswerHead(HttpContext context, ProblemKind kind)
    {
        if (kind.Status >= 500)
            context.Abort();
        else if (kind.Status == StatusCodes.Status429TooManyRequests)
            context.Response.StatusCode = StatusCodes.Status423Locked;
    }
}

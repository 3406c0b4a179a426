using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OrleansIngest.Gateway.Problems;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// Kestrel refuses some requests by itself, before anything of ours hears of them: a head that is too long or malformed. Its answers
/// have no body, so here they get their problem details. It tells a <see cref="DiagnosticSource"/> of each, and this is the one
/// that it has; an answer instead of its own is reached by name. A Kestrel that is built otherwise answers as it always did.
/// </summary>
internal sealed class RefusedRequests(HeadRoom room) : DiagnosticSource
{
    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private const int RetryAfterSeconds = 5;

    private static readonly Type? s_protocol =
        typeof(KestrelServer).Assembly.GetType("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol");

    private static readonly FieldInfo? s_refusal = s_protocol?.GetField("_requestRejectedException", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly MethodInfo? s_write = s_protocol?.GetMethod("WritePipeAsync", [typeof(ReadOnlyMemory<byte>), typeof(CancellationToken)]);

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == Refused;

    /// <inheritdoc/>
    public override void Write(string name, object? value)
    {
        if (s_refusal is null || s_write is null || value is not IFeatureCollection request
            || request.Get<IHttpResponseFeature>() is not { HasStarted: false } response
            || request.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException refusal)
            return;
        var body = Describe(ToProblem(refusal), response);
        if (request.Get<IHttp2StreamIdFeature>() is null)
            response.Headers.Connection = "close";
        s_refusal.SetValue(value, null); // or Kestrel would answer once more
        s_write.Invoke(value, [new ReadOnlyMemory<byte>(body), CancellationToken.None]);
        _ = request.Get<IHttpResponseBodyFeature>()!.CompleteAsync();
    }

    private ProblemException ToProblem(BadHttpRequestException refusal) => refusal.StatusCode switch
    {
        StatusCodes.Status431RequestHeaderFieldsTooLarge when room.Now < HeadRoom.Longest =>
            new ProblemException(ProblemKind.Unavailable, "Too many clients are connected for a head of this length; try again.").RetryAfter(RetryAfterSeconds),
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            new ProblemException(ProblemKind.HeadTooLong, refusal.Message).With("maxHead", HeadRoom.Longest),
        var status => new ProblemException(ProblemKind.MalformedRequest with { Status = status }, refusal.Message),
    };

    private static byte[] Describe(ProblemException problem, IHttpResponseFeature response)
    {
        foreach (var (name, header) in problem.Headers)
            response.Headers[name] = header;
        var body = JsonSerializer.SerializeToUtf8Bytes(problem.Details(), JsonSerializerOptions.Web);
        response.StatusCode = problem.Kind.Status;
        response.Headers.ContentType = ProblemException.ContentType;
        response.Headers.ContentLength = body.Length;
        return body;
    }
}

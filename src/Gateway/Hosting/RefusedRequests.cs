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
/// Adds problem details to the responses that Kestrel gives before any middleware runs: to requests
/// whose headers are malformed or too long. Kestrel reports such a request to its
/// <see cref="DiagnosticSource"/>, which is this class, and has no public API to replace its empty
/// response; so the private members are called by reflection. If a Kestrel version has other
/// members, its own response is sent.
/// </summary>
internal sealed class RefusedRequests(HeadRoom room) : DiagnosticSource
{
    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";
    private const int RetryAfterSeconds = 5;

    private static readonly Type? s_protocol =
        typeof(KestrelServer).Assembly.GetType("Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol");

    private static readonly FieldInfo? s_rejection =
        s_protocol?.GetField("_requestRejectedException", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly MethodInfo? s_write =
        s_protocol?.GetMethod("WritePipeAsync", [typeof(ReadOnlyMemory<byte>), typeof(CancellationToken)]);

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == Refused;

    /// <inheritdoc/>
    public override void Write(string name, object? value)
    {
        if (s_rejection is null || s_write is null || value is not IFeatureCollection request
            || request.Get<IHttpResponseFeature>() is not { HasStarted: false } response
            || request.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException rejection)
            return;
        var body = Describe(ToProblem(rejection), response);
        if (request.Get<IHttp2StreamIdFeature>() is null)
            response.Headers.Connection = "close"; // HTTP/1.1 only: HTTP/2 forbids the header
        s_rejection.SetValue(value, null); // otherwise Kestrel writes its own response as well
        s_write.Invoke(value, [new ReadOnlyMemory<byte>(body), CancellationToken.None]);
        _ = request.Get<IHttpResponseBodyFeature>()!.CompleteAsync();
    }

    private ProblemException ToProblem(BadHttpRequestException rejection) => rejection.StatusCode switch
    {
        // The limit is lowered only while many clients are connected, so a later retry can succeed.
        StatusCodes.Status431RequestHeaderFieldsTooLarge when room.Now < HeadRoom.Longest =>
            new ProblemException(
                ProblemKind.Unavailable, "Too many clients are connected for a head of this length; try again.")
            .RetryAfter(RetryAfterSeconds),
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            new ProblemException(ProblemKind.HeadTooLong, rejection.Message).With("maxHead", HeadRoom.Longest),
        var status => new ProblemException(ProblemKind.MalformedRequest with { Status = status }, rejection.Message),
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

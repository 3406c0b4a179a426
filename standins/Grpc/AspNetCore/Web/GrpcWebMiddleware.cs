using Grpc.AspNetCore.Server.Internal;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Grpc.AspNetCore.Web.Internal;

/// <summary>Marks an endpoint that speaks gRPC-Web.</summary>
internal sealed class GrpcWebEnabled;

/// <summary>Turns a gRPC-Web request into a gRPC one, and its response back.</summary>
internal sealed class GrpcWebMiddleware(RequestDelegate next, GrpcWebOptions options)
{
    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        if (!HttpMethods.IsPost(request.Method) || FormatOf(request.ContentType) is not { } requestFormat || !IsEnabled(http)) return next(http);
        var responseFormat = FormatOf(request.Headers.Accept) ?? Protocol.WebContentType;
        request.ContentType = Wire.ContentType;
        http.Response.OnStarting(() => SetContentType(http.Response, responseFormat));
        return RunAsync(http, new GrpcWebFeature(http, requestFormat == Protocol.WebTextContentType, responseFormat == Protocol.WebTextContentType));
    }

    private async Task RunAsync(HttpContext http, GrpcWebFeature feature)
    {
        try
        {
            await next(http);
            await feature.WriteTrailersAsync();
        }
        finally
        {
            feature.Detach(http.Features);
        }
    }

    private bool IsEnabled(HttpContext http) => options.DefaultEnabled || http.GetEndpoint()?.Metadata.GetMetadata<GrpcWebEnabled>() != null;

    private static string? FormatOf(string? contentType) =>
        Wire.IsContentType(Protocol.WebContentType, contentType) ? Protocol.WebContentType
        : Wire.IsContentType(Protocol.WebTextContentType, contentType) ? Protocol.WebTextContentType
        : null;

    // An error page keeps its own type.
    private static Task SetContentType(HttpResponse response, string format)
    {
        if (Wire.IsContentType(Wire.ContentType, response.ContentType)) response.ContentType = format;
        return Task.CompletedTask;
    }
}

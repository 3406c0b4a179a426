using Grpc.Core;
using Grpc.Core.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Grpc.AspNetCore.Server.Internal;

/// <summary>What a gRPC request looks like, and where a status goes.</summary>
internal static class Protocol
{
    public const string WebContentType = "application/grpc-web";
    public const string WebTextContentType = "application/grpc-web-text";

    // HTTP/2's error code CANCEL.
    private const int Cancel = 8;

    public static bool IsAnyGrpc(string? contentType) =>
        Wire.IsContentType(Wire.ContentType, contentType)
        || Wire.IsContentType(WebContentType, contentType)
        || Wire.IsContentType(WebTextContentType, contentType);

    public static bool IsCorsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey("Access-Control-Request-Method");

    /// <summary>Adds a header or trailer.</summary>
    /// <exception cref="InvalidOperationException">Its value is not printable ASCII: in gRPC-Web it could be read as further trailers.</exception>
    public static void Append(IHeaderDictionary destination, Metadata.Entry entry)
    {
        var value = Wire.EncodeValue(entry);
        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new InvalidOperationException($"The value of '{entry.Key}' is not printable ASCII.");
        destination.Append(entry.Key, value);
    }

    public static void SetStatus(IHeaderDictionary destination, Status status)
    {
        destination["grpc-status"] = status.StatusCode.ToString("D");
        destination["grpc-message"] = string.IsNullOrEmpty(status.Detail) ? default : Wire.EncodeMessage(status.Detail);
    }

    /// <summary>Where trailers go: into the headers as long as these are not sent ("trailers-only").</summary>
    public static IHeaderDictionary TrailersOf(HttpResponse response) =>
        !response.HasStarted
            ? response.Headers
            : response.HttpContext.Features.Get<IHttpResponseTrailersFeature>()?.Trailers
              ?? throw new InvalidOperationException("This server can not send trailers.");

    /// <summary>Ends the call here and now, without a status.</summary>
    public static void Reset(HttpContext http)
    {
        if (http.Features.Get<IHttpResetFeature>() is { } feature) feature.Reset(Cancel);
        else http.Abort();
    }

    /// <summary>Answers what is not a gRPC request with HTTP's own status, and says in gRPC's headers why.</summary>
    public static bool Refuses(HttpContext http)
    {
        if (!Wire.IsContentType(Wire.ContentType, http.Request.ContentType)) RefuseContentType(http);
        else if (!HttpProtocol.IsHttp2(http.Request.Protocol) && http.Features.Get<IGrpcWebFeature>() == null) RefuseVersion(http);
        else return false;
        return true;
    }

    private static void RefuseContentType(HttpContext http)
    {
        if (IsCorsPreflight(http.Request))
        {
            Refuse(http.Response, StatusCodes.Status405MethodNotAllowed, "Unhandled CORS preflight request: CORS may not be configured.");
            http.Response.Headers.Allow = HttpMethods.Post;
            return;
        }

        var type = http.Request.ContentType;
        Refuse(http.Response, StatusCodes.Status415UnsupportedMediaType, type == null ? "Content-Type is missing from the request." : $"Content-Type '{type}' is not supported.");
    }

    private static void RefuseVersion(HttpContext http)
    {
        Refuse(http.Response, StatusCodes.Status426UpgradeRequired, $"Request protocol '{http.Request.Protocol}' is not supported.");
        http.Response.Headers.Upgrade = HttpProtocol.Http2;
    }

    private static void Refuse(HttpResponse response, int httpStatus, string detail)
    {
        response.StatusCode = httpStatus;
        SetStatus(response.Headers, new Status(StatusCode.Internal, detail));
    }
}

/// <summary>Marks a request that came as gRPC-Web, over any version of HTTP.</summary>
internal interface IGrpcWebFeature;

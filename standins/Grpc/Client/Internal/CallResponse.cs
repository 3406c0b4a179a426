using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Core.Internal;

namespace Grpc.Net.Client.Internal;

/// <summary>Finds statuses and metadata in an HTTP response.</summary>
internal static class CallResponse
{
    // Headers of HTTP and of gRPC itself, which are not the server's metadata.
    private static readonly HashSet<string> NotMetadata = new(StringComparer.OrdinalIgnoreCase)
    {
        "grpc-status", "grpc-message", "grpc-encoding", "grpc-accept-encoding", "content-encoding", "content-type",
    };

    public static Metadata ReadMetadata(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (key, values) in headers.NonValidated)
        {
            if (NotMetadata.Contains(key)) continue;
            foreach (var value in values) metadata.AddEncoded(key, value);
        }

        return metadata;
    }

    public static Status? ReadStatus(HttpHeaders headers)
    {
        if (Find(headers, "grpc-status") is not { } code) return null;
        if (!int.TryParse(code, CultureInfo.InvariantCulture, out var number)) return new Status(StatusCode.Cancelled, $"Unexpected grpc-status value: {code}");
        return new Status((StatusCode)number, Wire.DecodeMessage(Find(headers, "grpc-message") ?? ""));
    }

    /// <summary>The status of a response without messages: gRPC's own in the headers, or what is wrong with it; else null.</summary>
    public static Status? EarlyStatus(HttpResponseMessage response)
    {
        if (ReadStatus(response.Headers) is { } status) return status;
        var contentType = response.Content.Headers.ContentType?.ToString();
        if (response.Version.Major < 2) return new Status(StatusCode.Internal, $"Bad gRPC response. Response protocol downgraded to HTTP/{response.Version}.");
        if (response.StatusCode != HttpStatusCode.OK) return new Status(CodeOf(response.StatusCode), $"Bad gRPC response. HTTP status code: {(int)response.StatusCode}");
        if (!Wire.IsContentType(Wire.ContentType, contentType)) return new Status(StatusCode.Cancelled, $"Bad gRPC response. Invalid content-type value: {contentType}");
        return null;
    }

    private static string? Find(HttpHeaders headers, string key) =>
        headers.NonValidated.TryGetValues(key, out var values) ? values.ToString() : null;

    private static StatusCode CodeOf(HttpStatusCode http) => http switch
    {
        HttpStatusCode.BadRequest => StatusCode.Internal,
        HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
        HttpStatusCode.NotFound => StatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
        _ => StatusCode.Unknown,
    };
}

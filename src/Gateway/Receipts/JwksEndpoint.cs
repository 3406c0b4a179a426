using Microsoft.AspNetCore.Http.HttpResults;

namespace OrleansIngest.Gateway.Receipts;

/// <summary><c>GET /.well-known/jwks.json</c>: the public keys that verify receipts.</summary>
internal static class JwksEndpoint
{
    public static void MapReceiptKeys(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/.well-known/jwks.json", Keys);

    private static JsonHttpResult<JwkSet> Keys(ReceiptKeys keys, HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=3600";
        return TypedResults.Json(new JwkSet(keys.Published), contentType: "application/jwk-set+json");
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>A public key of ES256 as others read it: a JSON Web Key (RFC 7517), named by its thumbprint (RFC 7638).</summary>
internal sealed record Jwk(string X, string Y)
{
    public string Kty { get; } = "EC";

    public string Crv { get; } = "P-256";

    public string Use { get; } = "sig";

    public string Alg { get; } = "ES256";

    public string Kid { get; } = Thumbprint($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""");

    public static Jwk Of(ECPoint point) => new(Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));

    private static string Thumbprint(string members) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(members)));
}

/// <summary>A JWK Set.</summary>
internal sealed record JwkSet(IReadOnlyList<Jwk> Keys);

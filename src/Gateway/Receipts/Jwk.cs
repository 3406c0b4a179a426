using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>
/// The public key of an ES256 signature as a JSON Web Key (RFC 7517). Its key id is its
/// thumbprint (RFC 7638).
/// </summary>
internal sealed record Jwk(string X, string Y)
{
    public string Kty { get; } = "EC";

    public string Crv { get; } = "P-256";

    public string Use { get; } = "sig";

    public string Alg { get; } = "ES256";

    // The members of a thumbprint are in lexicographic order, without spaces (RFC
    // 7638, section 3.2).
    public string Kid { get; } = Thumbprint($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""");

    public static Jwk Of(ECPoint point) => new(Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));

    private static string Thumbprint(string members) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(members)));
}

/// <summary>A JWK Set (RFC 7517, section 5).</summary>
internal sealed record JwkSet(IReadOnlyList<Jwk> Keys);

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Receipts;

/// <summary>The claims of a receipt.</summary>
internal sealed record Claims(string Job, Guid Media, long Length, string Sha256, long Iat);

/// <summary>
/// A reader of receipts that knows only the published keys and RFC 7515, and no code of the server.
/// </summary>
internal sealed class PublishedKeys(JsonElement jwks)
{
    public IEnumerable<JsonElement> All => jwks.GetProperty("keys").EnumerateArray();

    public static async Task<PublishedKeys> Of(IngestServer server)
    {
        var answer = await new HttpTest("GET", "/.well-known/jwks.json") { Status = 200 }.Run(server);
        return new PublishedKeys(JsonDocument.Parse(answer.Body).RootElement);
    }

    /// <summary>The claims of a receipt if one of these keys signed it, otherwise null.</summary>
    public Claims? Read(string receipt)
    {
        var parts = receipt.Split('.');
        Assert.Equal(3, parts.Length);
        var header = Json(parts[0]);
        Assert.Equal(
            ("ES256", "ingest-receipt+jwt"),
            (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        using var key = Find(header.GetProperty("kid").GetString()!);
        var isSigned = key?.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256);
        return isSigned == true ? Json(parts[1]).Deserialize<Claims>(JsonSerializerOptions.Web) : null;
    }

    private ECDsa? Find(string kid)
    {
        var key = All.SingleOrDefault(k => k.GetProperty("kid").GetString() == kid);
        if (key.ValueKind == JsonValueKind.Undefined)
            return null;
        var point = new ECPoint { X = Coordinate(key, "x"), Y = Coordinate(key, "y") };
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
    }

    private static byte[] Coordinate(JsonElement key, string name) =>
        Base64Url.DecodeFromChars(key.GetProperty(name).GetString());

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.ObjectPool;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>
/// Signs receipts: compact JWS (RFC 7515) with claims that say which bytes of which media are here (docs/receipts.md).
/// </summary>
internal sealed class ReceiptSigner(ReceiptKeys keys, TimeProvider time)
{
    /// <summary>An explicit type (RFC 8725, 3.11): whoever checks it cannot take anything else signed with these keys for a receipt.</summary>
    private const string Type = "ingest-receipt+jwt";

    private readonly string _header = Encode($$"""{"alg":"ES256","typ":"{{Type}}","kid":"{{keys.Published[^1].Kid}}"}""");

    // Nobody promises that one ECDsa may be used by two threads.
    private readonly ObjectPool<ECDsa> _keys = new DefaultObjectPoolProvider().Create(new Policy(keys.Signing));

    /// <summary>A receipt for a media that is stored or a duplicate, as of now.</summary>
    public string Sign(string job, Guid media, long length, Sha256Hash sha256)
    {
        // Nothing in it needs escaping: a job's key is of A-Z a-z 0-9 . _ - alone.
        var claims = $$"""{"job":"{{job}}","media":"{{media}}","length":{{length}},"sha256":"{{sha256}}","iat":{{time.GetUtcNow().ToUnixTimeSeconds()}}}""";
        var signed = $"{_header}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Signature(signed))}";
    }

    private byte[] Signature(string text)
    {
        var key = _keys.Get();
        try
        {
            return key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        }
        finally
        {
            _keys.Return(key);
        }
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(json));

    private sealed class Policy(ECParameters key) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create() => ECDsa.Create(key);

        public override bool Return(ECDsa obj) => true;
    }
}

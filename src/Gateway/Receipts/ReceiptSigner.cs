using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.ObjectPool;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>
/// Signs receipts: a compact JWS (RFC 7515) whose claims name a media and the length and SHA-256 of
/// its stored bytes (docs/receipts.md).
/// </summary>
internal sealed class ReceiptSigner(ReceiptKeys keys, TimeProvider time)
{
    /// <summary>
    /// The explicit type of the JWS (RFC 8725, section 3.11): it keeps a verifier from accepting
    /// another token signed with the same keys as a receipt.
    /// </summary>
    private const string Type = "ingest-receipt+jwt";

    private const int SignatureSize = 64; // r and s, 32 bytes each (RFC 7518, section 3.4)

    private readonly byte[] _header = Header(keys.Published[^1].Kid);

    // ECDsa is not documented to be thread-safe.
    private readonly ObjectPool<ECDsa> _keys = new DefaultObjectPoolProvider().Create(new Policy(keys.Signing));

    /// <summary>
    /// Signs a receipt for a media that is stored or a duplicate, issued now. Every upload
    /// gets a receipt, so the claims and the signature are built on the stack; only the
    /// result is allocated.
    /// </summary>
    /// <returns>The compact JWS, ASCII.</returns>
    public string Sign(string job, Guid media, long length, Sha256Hash sha256)
    {
        Span<byte> claims = stackalloc byte[512];
        // No value needs escaping in JSON: the key of a job consists of A-Z a-z 0-9 . _ - only.
        var issuedAt = time.GetUtcNow().ToUnixTimeSeconds();
        Utf8.TryWrite(
            claims,
            $$"""{"job":"{{job}}","media":"{{media}}","length":{{length}},"sha256":"{{sha256}}","iat":{{issuedAt}}}""",
            out var written);

        Span<byte> receipt = stackalloc byte[1024];
        _header.CopyTo(receipt);
        var end = _header.Length + Base64Url.EncodeToUtf8(claims[..written], receipt[_header.Length..]);
        Span<byte> signature = stackalloc byte[SignatureSize];
        Sign(receipt[..end], signature);
        receipt[end++] = (byte)'.';
        end += Base64Url.EncodeToUtf8(signature, receipt[end..]);
        return Encoding.ASCII.GetString(receipt[..end]);
    }

    // Encoded once, with the dot that separates the header from the claims.
    private static byte[] Header(string keyId)
    {
        var json = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"{{Type}}","kid":"{{keyId}}"}""");
        return Encoding.ASCII.GetBytes($"{Base64Url.EncodeToString(json)}.");
    }

    private void Sign(ReadOnlySpan<byte> text, Span<byte> signature)
    {
        var key = _keys.Get();
        try
        {
            key.SignData(text, signature, HashAlgorithmName.SHA256);
        }
        finally
        {
            _keys.Return(key);
        }
    }

    private sealed class Policy(ECParameters key) : PooledObjectPolicy<ECDsa>
    {
        public override ECDsa Create() => ECDsa.Create(key);

        public override bool Return(ECDsa obj) => true;
    }
}

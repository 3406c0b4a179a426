using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
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

    private const int SignatureSize = 64; // r and s (RFC 7518, 3.4)

    private readonly byte[] _header = Encoding.ASCII.GetBytes(
        $"{Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"{{Type}}","kid":"{{keys.Published[^1].Kid}}"}"""))}.");

    // Nobody promises that one ECDsa may be used by two threads.
    private readonly ObjectPool<ECDsa> _keys = new DefaultObjectPoolProvider().Create(new Policy(keys.Signing));

    /// <summary>A receipt for a media that is stored or a duplicate, as of now. Each upload gets one, so nothing but the answer is made on the heap.</summary>
    public string Sign(string job, Guid media, long length, Sha256Hash sha256)
    {
        Span<byte> claims = stackalloc byte[512];
        // Nothing in it needs escaping: a job's key is of A-Z a-z 0-9 . _ - alone.
        Utf8.TryWrite(
            claims, $$"""{"job":"{{job}}","media":"{{media}}","length":{{length}},"sha256":"{{sha256}}","iat":{{time.GetUtcNow().ToUnixTimeSeconds()}}}""",
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

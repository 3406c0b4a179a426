using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>The kinds of encryption at the server.</summary>
public enum S3EncryptionKind
{
    /// <summary>Requests ask for none; the bucket may have a default.</summary>
    None,

    /// <summary>With keys of the server (SSE-S3).</summary>
    S3,

    /// <summary>With a key of a key management service (SSE-KMS).</summary>
    Kms,

    /// <summary>With a key that each request brings (SSE-C). It needs TLS.</summary>
    Customer,
}

/// <summary>How the server encrypts what it stores.</summary>
public sealed class S3Encryption
{
    private const int KeyLength = 32;

    [SuppressMessage("Security", "CA5351:Broken cryptographic algorithm", Justification = "The protocol wants it.")]
    private S3Encryption(S3EncryptionKind kind, string? keyId = null, byte[]? key = null)
    {
        (Kind, KeyId) = (kind, keyId);
        if (key is null)
            return;
        CustomerKey = Convert.ToBase64String(key);
        // The protocol wants this digest; it protects nothing.
        CustomerKeyMd5 = Convert.ToBase64String(MD5.HashData(key));
    }

    /// <summary>Requests ask for no encryption.</summary>
    public static S3Encryption None { get; } = new(S3EncryptionKind.None);

    /// <summary>SSE-S3.</summary>
    public static S3Encryption S3 { get; } = new(S3EncryptionKind.S3);

    /// <summary>The kind.</summary>
    public S3EncryptionKind Kind { get; }

    /// <summary>The name of the key in the key management service.</summary>
    internal string? KeyId { get; }

    /// <summary>The customer's key in Base64.</summary>
    internal string? CustomerKey { get; }

    /// <summary>The MD5 of the customer's key in Base64.</summary>
    internal string? CustomerKeyMd5 { get; }

    /// <summary>SSE-KMS with the key of this name.</summary>
    public static S3Encryption Kms(string keyId) => new(S3EncryptionKind.Kms, keyId);

    /// <summary>SSE-C with this key of 32 bytes.</summary>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static S3Encryption Customer(byte[] key) => key.Length == KeyLength
        ? new(S3EncryptionKind.Customer, key: key)
        : throw new ArgumentException($"A key has {KeyLength} bytes.", nameof(key));

    /// <summary>The kind; never the key.</summary>
    public override string ToString() => Kind.ToString();

    /// <summary>The headers of a request that makes an object.</summary>
    internal IEnumerable<(string Name, string Value)> ForNewObject() => Kind switch
    {
        S3EncryptionKind.S3 => [("x-amz-server-side-encryption", "AES256")],
        S3EncryptionKind.Kms =>
        [
            ("x-amz-server-side-encryption", "aws:kms"),
            ("x-amz-server-side-encryption-aws-kms-key-id", KeyId!),
        ],
        _ => ForBytes(),
    };

    /// <summary>The headers of a request that moves bytes of an object.</summary>
    internal IEnumerable<(string Name, string Value)> ForBytes() => Kind == S3EncryptionKind.Customer
        ?
        [
            ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
            ("x-amz-server-side-encryption-customer-key", CustomerKey!),
            ("x-amz-server-side-encryption-customer-key-MD5", CustomerKeyMd5!),
        ]
        : [];
}

using System.Security.Cryptography;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>
/// The keys that sign receipts, in PEM, created at the first start. The last key signs; all are
/// published, so that old receipts stay valid after a key is added. All nodes have the same keys.
/// </summary>
internal sealed class ReceiptKeys
{
    private const string Name = "receipt-key.pem";

    private ReceiptKeys(IReadOnlyList<Jwk> published, ECParameters signing) =>
        (Published, Signing) = (published, signing);

    /// <summary>The public keys that verify receipts. The last one verifies new receipts.</summary>
    public IReadOnlyList<Jwk> Published { get; }

    /// <summary>The private key that signs new receipts.</summary>
    public ECParameters Signing { get; }

    /// <summary>
    /// Reads the keys. A key is generated only if there is none: replacing a key would make all old
    /// receipts unverifiable.
    /// </summary>
    /// <exception cref="StorageException">
    /// The keys cannot be read or created, or are not P-256 keys.
    /// </exception>
    public static ReceiptKeys Open(IKeyStore store)
    {
        var pem = store.ReadOrCreate(Name, NewKey);
        try
        {
            return Read([.. Blocks(pem)]);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StorageException(
                $"{store.Where(Name)} does not hold P-256 keys in PEM, the last one private:"
                + " put the right keys in their place.",
                e);
        }
    }

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return $"{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    private static IEnumerable<string> Blocks(string pem)
    {
        for (var rest = pem; PemEncoding.TryFind(rest, out var block); rest = rest[block.Location.End..])
            yield return rest[block.Location];
    }

    private static ReceiptKeys Read(string[] blocks)
    {
        if (blocks.Length == 0)
            throw new CryptographicException("The file has no key.");
        var published = blocks.Select(block => Jwk.Of(Read(block, withPrivate: false).Q));
        return new ReceiptKeys([.. published], Read(blocks[^1], withPrivate: true));
    }

    private static ECParameters Read(string block, bool withPrivate)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(block);
        var parameters = key.ExportParameters(withPrivate);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? parameters
            : throw new CryptographicException("The key is not on the curve P-256.");
    }
}

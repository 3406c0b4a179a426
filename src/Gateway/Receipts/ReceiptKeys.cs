using System.Security.Cryptography;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Receipts;

/// <summary>
/// The keys of receipts, in a file of the data folder that is made at the first start. The last one signs and all are
/// published, so that old receipts stay good when a key is added.
/// </summary>
internal sealed class ReceiptKeys
{
    private const string FileName = "receipt-key.pem";

    private ReceiptKeys(IReadOnlyList<Jwk> published, ECParameters signing) => (Published, Signing) = (published, signing);

    /// <summary>What receipts can be checked with; the last one is that of new ones.</summary>
    public IReadOnlyList<Jwk> Published { get; }

    /// <summary>What new receipts are signed with.</summary>
    public ECParameters Signing { get; }

    /// <summary>Reads them. A key is made only where there is no file: one in the place of another would make old receipts worthless.</summary>
    /// <exception cref="StorageException">The file cannot be used.</exception>
    public static ReceiptKeys Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var pem = DataFile.ReadOrCreate(path, NewKey);
        try
        {
            return Read([.. Blocks(pem)]);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new StorageException($"The file {path} does not hold P-256 keys in PEM, the last one private: put the right file in its place.", e);
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

    private static ReceiptKeys Read(string[] blocks) => blocks.Length == 0
        ? throw new CryptographicException("There is no key.")
        : new ReceiptKeys([.. blocks.Select(block => Jwk.Of(Read(block, withPrivate: false).Q))], Read(blocks[^1], withPrivate: true));

    private static ECParameters Read(string block, bool withPrivate)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(block);
        var parameters = key.ExportParameters(withPrivate);
        return parameters.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
            ? parameters
            : throw new CryptographicException("The key is of another curve.");
    }
}

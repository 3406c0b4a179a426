using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Proxies;

/// <summary>
/// The certificate with which proxies end TLS in tests. It is for localhost, created once and kept.
/// </summary>
internal static class ProxyCertificate
{
    private static readonly Lazy<string> s_file = new(FindOrMake);

    /// <summary>
    /// The certificate and its key as PEM. Programs of node that start after this call trust it.
    /// </summary>
    public static string File => s_file.Value;

    /// <summary>The policy with which a client trusts the certificate.</summary>
    public static X509ChainPolicy Trusted => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(File) },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static string FindOrMake()
    {
        var file = Path.Combine(Paths.Scratch, "proxy.pem");
        if (!System.IO.File.Exists(file))
            Keep(file);
        Environment.SetEnvironmentVariable("NODE_EXTRA_CA_CERTS", file);
        Environment.SetEnvironmentVariable("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", file);
        return file;
    }

    /// <summary>Another test run may do the same at this moment; the first one counts.</summary>
    private static void Keep(string file)
    {
        var mine = $"{file}.{Environment.ProcessId}";
        System.IO.File.WriteAllText(mine, Make());
        try
        {
            System.IO.File.Move(mine, file);
        }
        catch (IOException)
        {
            System.IO.File.Delete(mine);
        }
    }

    private static string Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}\n";
    }
}

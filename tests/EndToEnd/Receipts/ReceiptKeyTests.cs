using System.Security.Cryptography;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Receipts;

/// <summary>A receipt is worth what its key is: the key stays, and so do those before it.</summary>
public sealed class ReceiptKeyTests
{
    [Fact]
    public async Task A_receipt_outlives_the_process_that_signed_it()
    {
        await using var server = await IngestServer.Start();
        var receipt = await NewReceipt(server);

        await server.Kill();
        await server.Restart();

        Assert.NotNull((await PublishedKeys.Of(server)).Read(receipt));
        Assert.NotNull((await PublishedKeys.Of(server)).Read(await NewReceipt(server)));
    }

    [Fact]
    public async Task Another_server_has_another_key()
    {
        await using var server = await IngestServer.Start();
        await using var other = await IngestServer.Start();

        Assert.Null((await PublishedKeys.Of(other)).Read(await NewReceipt(server)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_is_added_signs_and_those_before_stay_published(bool onlyPublicHalfStays)
    {
        await using var server = await IngestServer.Start();
        var old = await NewReceipt(server);
        await server.Stop();

        await AddKey(KeyFile(server), onlyPublicHalfStays);
        await server.Restart();

        var keys = await PublishedKeys.Of(server);
        Assert.Equal(2, keys.All.Count());
        Assert.NotNull(keys.Read(old));
        var receipt = await NewReceipt(server);
        Assert.NotNull(keys.Read(receipt));
        Assert.NotEqual(old.Split('.')[0], receipt.Split('.')[0]); // the header names the key
    }

    private static async Task AddKey(string file, bool onlyPublicHalfStays)
    {
        using var old = ECDsa.Create();
        old.ImportFromPem(await File.ReadAllTextAsync(file));
        if (onlyPublicHalfStays)
            await File.WriteAllTextAsync(file, $"{old.ExportSubjectPublicKeyInfoPem()}\n");
        using var added = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.AppendAllTextAsync(file, $"{added.ExportPkcs8PrivateKeyPem()}\n");
    }

    private static string KeyFile(IngestServer server) => Path.Combine(server.DataDir, "receipt-key.pem");

    private static async Task<string> NewReceipt(IngestServer server) =>
        (await Upload.CreateWith("roof-7", Fresh.Media(), [1, 2, 3], 3).Run(server))["Upload-Receipt"]!;
}

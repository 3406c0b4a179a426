using System.Net;
using System.Net.Sockets;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>Reading, addressing and encryption.</summary>
public sealed class ReadTests(S3Server server) : S3Test(server)
{
    [Fact]
    public async Task Reading_in_order_takes_few_requests()
    {
        var bytes = await Store20MiB();
        var before = Requests.All.Count;

        Assert.Equal(bytes, await ReadAll(Store, Blob));

        Assert.InRange(Requests.All.Count - before, 1, 5);
    }

    [Fact]
    public async Task Any_offset_can_be_read()
    {
        var bytes = await Store20MiB();
        await using var reader = await Store.Read(Blob);
        var buffer = new byte[1000];
        foreach (var offset in new[] { 0, 500, 15 * MiB, 3, bytes.Length - 10, MiB - 1, bytes.Length - 1000 })
        {
            var count = await reader.Read(buffer, offset);

            Assert.InRange(count, 1, buffer.Length);
            Assert.Equal(bytes.AsSpan(offset, count), buffer.AsSpan(0, count));
        }
    }

    [Fact]
    public async Task What_another_node_frees_can_be_read_no_longer()
    {
        await Store20MiB();
        await using var reader = await Store.Read(Blob);
        await Data.OpenStore().Free(Blob);

        await Assert.ThrowsAnyAsync<IOException>(async () => await reader.Read(new byte[10], 15 * MiB));
    }

    [Fact]
    public async Task A_part_of_an_unfinished_upload_cannot_be_read_and_its_length_is_known()
    {
        await Append(Random(6 * MiB), 0);
        await using var reader = await Store.Read(Blob);

        Assert.Equal(6 * MiB, reader.Length);
        await Assert.ThrowsAnyAsync<IOException>(async () => await reader.Read(new byte[10], 0));

        await Store.Finish(Blob, 6 * MiB);
        Assert.Equal(10, await reader.Read(new byte[10], 0));
    }

    [Fact]
    public async Task A_URL_reads_the_bytes_with_the_type_that_was_signed()
    {
        var bytes = await Store20MiB();
        using var http = new HttpClient();

        var url = await Store.ReadUrl(Blob, "image/jpeg", "attachment; filename=\"a b.jpg\"");
        using var answer = await http.GetAsync(url);

        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("a b.jpg", answer.Content.Headers.ContentDisposition!.FileName!.Trim('"'));
        using var changed = await http.GetAsync($"{url}".Replace("jpeg", "html", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, changed.StatusCode);
    }

    [Fact]
    public async Task The_bucket_may_be_a_part_of_the_host()
    {
        var hosts = new HashSet<string>();
        var address = new IPEndPoint(IPAddress.Loopback, Options.Endpoint!.Port);
        var store = Data.OpenStore(
            Options with { ForcePathStyle = false, Endpoint = new Uri($"http://localhost:{address.Port}") },
            _ => new SocketsHttpHandler
            {
                ConnectCallback = async (to, stop) =>
                {
                    hosts.Add(to.DnsEndPoint.Host);
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(address, stop);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            });
        var bytes = Random(7 * MiB);

        await Append(bytes, 0, store);
        await store.Finish(Blob, bytes.Length);

        Assert.Equal([$"{S3Server.Bucket}.localhost"], hosts);
        await MustBeStored(bytes, Blob);
    }

    [Theory]
    [InlineData(S3EncryptionKind.Kms)]
    [InlineData(S3EncryptionKind.Customer)]
    public async Task Bytes_are_encrypted_at_the_server(S3EncryptionKind kind)
    {
        var encryption = kind == S3EncryptionKind.Kms
            ? S3Encryption.Kms("testkey")
            : S3Encryption.Customer(Random(32));
        var store = Data.OpenStore(Options with { Encryption = encryption });
        var (bytes, small) = (Random(12 * MiB), store.New(1000));

        await Append(bytes.AsMemory(0, MiB), 0, store);
        await Append(bytes.AsMemory(MiB), MiB, store);
        await store.Finish(Blob, bytes.Length);
        await using (var writer = await store.Append(small, 0))
            await Write(writer, bytes.AsMemory(0, 1000));
        await store.Finish(small, 1000);

        Assert.Equal(bytes, await ReadAll(store, Blob));
        Assert.Equal(bytes[..1000], await ReadAll(store, small));
        var joined = Grains.Model.BlobId.Join([Blob, small, Blob]);
        var content = await new Storage.Joined.JoinedMediaStore(store).Finish(joined, (2 * bytes.Length) + 1000);
        byte[] whole = [.. bytes, .. bytes[..1000], .. bytes];
        Assert.Equal(whole, await ReadAll(store, content));
        Assert.Equal(kind == S3EncryptionKind.Customer, await store.ReadUrl(Blob, "", "") is null);
        if (kind == S3EncryptionKind.Customer)
            await Assert.ThrowsAnyAsync<IOException>(async () => await ReadAll(Store, Blob));
    }

    private async Task<byte[]> Store20MiB()
    {
        var bytes = Random(20 * MiB);
        await Append(bytes, 0);
        await Store.Finish(Blob, bytes.Length);
        return bytes;
    }
}

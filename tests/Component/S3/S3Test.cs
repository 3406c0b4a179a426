using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>A prefix of a bucket, and one store on it.</summary>
public abstract class S3Test : IDisposable
{
    protected const int MiB = 1 << 20;

    protected S3Test(S3Server server)
    {
        Server = server;
        Data = new S3Data(server);
        Store = Data.OpenStore(wrap: Requests.Wrap);
        Blob = Store.New();
    }

    protected S3Server Server { get; }

    /// <summary>A new blob. Its upload has generation 1.</summary>
    protected BlobId Blob { get; }

    protected S3MediaStore Store { get; }

    internal S3Data Data { get; }

    /// <summary>What the store sends.</summary>
    internal S3Requests Requests { get; } = new();

    internal S3Options Options => Data.Options;

    public void Dispose()
    {
        Data.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);

    /// <summary>Writes in steps as a request's pipe gives them.</summary>
    protected static async Task Write(IMediaWriter writer, ReadOnlyMemory<byte> bytes)
    {
        const int Step = 100_000;
        for (; bytes.Length > Step; bytes = bytes[Step..])
            await writer.Write(new ReadOnlySequence<byte>(bytes[..Step]));
        await writer.Write(new ReadOnlySequence<byte>(bytes));
    }

    /// <summary>Appends, and makes it durable.</summary>
    protected async Task Append(ReadOnlyMemory<byte> bytes, long offset, IMediaStore? store = null, long generation = 1)
    {
        await using var writer = await (store ?? Store).Append(Blob, offset, generation);
        await Write(writer, bytes);
        await writer.Sync();
        Assert.Equal(offset + bytes.Length, writer.SafeOffset);
    }

    protected static async Task<byte[]> ReadAll(IMediaStore store, BlobId blob)
    {
        await using var reader = await store.Read(blob);
        var bytes = new byte[reader.Length];
        var offset = 0;
        while (offset < bytes.Length)
        {
            var count = await reader.Read(bytes.AsMemory(offset, Math.Min(MiB, bytes.Length - offset)), offset);
            Assert.NotEqual(0, count);
            offset += count;
        }
        return bytes;
    }

    protected async Task MustBeStored(byte[] bytes, BlobId blob)
    {
        Assert.Equal(SHA256.HashData(bytes), SHA256.HashData(await ReadAll(Data.OpenStore(), blob)));
        Assert.Equal([blob], await Data.OpenStore().Unused(new BlobUse()).Select(found => found.Blob).ToListAsync());
    }

    /// <summary>The keys of everything under the prefix.</summary>
    protected async Task<IReadOnlyList<string>> Keys()
    {
        using var bucket = OpenBucket();
        return await bucket.List(Options.Prefix).Select(one => one.Key).ToListAsync();
    }

    /// <summary>The multipart uploads under the prefix.</summary>
    internal async Task<List<MultipartName>> Uploads()
    {
        using var bucket = OpenBucket();
        return await bucket.ListUploads(Options.Prefix).ToListAsync();
    }

    internal Bucket OpenBucket() =>
        new(Options, new S3Connection(Options, TimeProvider.System, wrap: null), TimeProvider.System);
}

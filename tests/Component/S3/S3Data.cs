using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Joined;
using OrleansIngest.Storage.S3;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>A prefix of a bucket, and the rows beside it, made for one test.</summary>
internal sealed class S3Data(S3Options options) : IMediaStoreData
{
    private readonly List<S3MediaStore> _opened = [];

    public S3Data(S3Server server)
        : this(server.Options().GetAwaiter().GetResult())
    {
    }

    public S3Options Options => options;

    /// <summary>What is recorded of incoming blobs. All nodes share it.</summary>
    public MemoryPieces Rows { get; } = new();

    public bool KeepsUnsynced => false;

    public bool KeepsEmpty => false;

    public bool SharesFiles => false;

    public IMediaStore Open() => new JoinedMediaStore(OpenStore());

    /// <summary>A store as another node has it.</summary>
    /// <param name="other">Other settings than those of the data.</param>
    /// <param name="wrap">What its requests pass through.</param>
    public S3MediaStore OpenStore(S3Options? other = null, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        var store = new S3MediaStore(
            other ?? options, Rows, TimeProvider.System, NullLogger<S3MediaStore>.Instance, wrap);
        _opened.Add(store);
        return store;
    }

    public void Dispose() => _opened.ForEach(store => store.Dispose());
}

// A bucket of Ceph keeps what the port promises.

public sealed class CephMediaStoreContractTests(S3Server server) : MediaStoreContract(new S3Data(server));

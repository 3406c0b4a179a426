using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Joined;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>A media store's folder.</summary>
internal sealed class DiskData(Durability durability) : IMediaStoreData
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<DiskMediaStore> _opened = [];

    public string Folder => _folder.Path;

    public IMediaStore Open() => new JoinedMediaStore(OpenStore());

    public DiskMediaStore OpenStore(long reserve = 0, long segmentSize = 1 << 20) =>
        OpenStore(durability, reserve, segmentSize);

    public DiskMediaStore OpenStore(Durability durability, long reserve = 0, long segmentSize = 1 << 20)
    {
        var options = new DiskMediaStoreOptions
        {
            Folder = Folder,
            Durability = durability,
            Reserve = reserve,
            SegmentSize = segmentSize,
        };
        var store = new DiskMediaStore(options, NullLogger<DiskMediaStore>.Instance);
        _opened.Add(store);
        return store;
    }

    public string IncomingPath(BlobId file) => Path.Combine(Folder, "incoming", $"{file}"[^2..], $"{file}");

    public string MediaPath(BlobId file) =>
        Path.Combine(Folder, "media", $"{file}"[^2..], $"{file}"[^4..^2], $"{file}");

    public string[] Segments => Directory.GetFiles(Path.Combine(Folder, "segments"));

    public void Dispose()
    {
        _opened.ForEach(store => store.Dispose());
        _folder.Dispose();
    }
}

// Files keep what the port promises, in both durabilities.

public sealed class DiskMediaStoreContractTests() : MediaStoreContract(new DiskData(Durability.Disk));

public sealed class DiskProcessMediaStoreContractTests() : MediaStoreContract(new DiskData(Durability.Process));

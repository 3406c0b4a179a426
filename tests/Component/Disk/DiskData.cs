using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Joined;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>A media store's folder.</summary>
internal sealed class DiskData(Durability durability) : IMediaStoreData
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<DiskMediaStore> _opened = [];

    public string Folder => _folder.Path;

    public IMediaStore Open() => new JoinedMediaStore(OpenStore());

    public DiskMediaStore OpenStore(long reserve = 0) => OpenStore(durability, reserve);

    public DiskMediaStore OpenStore(Durability durability, long reserve = 0)
    {
        var options = new DiskMediaStoreOptions { Folder = Folder, Durability = durability, Reserve = reserve };
        var store = new DiskMediaStore(options, NullLogger<DiskMediaStore>.Instance);
        _opened.Add(store);
        return store;
    }

    public string IncomingPath(string place) => Path.Combine(Folder, "incoming", place[^2..], place);

    public string MediaPath(string place) => Path.Combine(Folder, "media", place[^2..], place[^4..^2], place);

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

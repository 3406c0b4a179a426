namespace OrleansIngest.Storage.Disk.Files;

/// <summary>Where a <see cref="DiskMediaStore"/> keeps its files, and how.</summary>
public sealed record DiskMediaStoreOptions
{
    /// <summary>The folder of <c>incoming</c> and <c>media</c>; created if it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>What acknowledged bytes survive.</summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>Free bytes of the folder's disk that uploads leave to everything else.</summary>
    public long Reserve { get; init; }

    /// <summary>From this size on nothing is added to a segment; at most 2 GiB.</summary>
    public long SegmentSize { get; init; } = 256 << 20;

    /// <summary>How many files may be open at once to append to or to read from.</summary>
    public int MaxOpenFiles { get; init; } = int.MaxValue;
}

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>The settings of a <see cref="DiskMediaStore"/>.</summary>
public sealed record DiskMediaStoreOptions
{
    /// <summary>
    /// The data folder. The store creates it if it does not exist, and in it <c>incoming</c>,
    /// <c>media</c> and <c>segments</c>.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>Which failures acknowledged bytes survive.</summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>
    /// The number of free bytes on the folder's volume that uploads do not use, so that the journal
    /// and other programs can still write.
    /// </summary>
    public long Reserve { get; init; }

    /// <summary>
    /// The size in bytes at which a segment is full; at most 2 GiB. The last extent may exceed it.
    /// </summary>
    public long SegmentSize { get; init; } = 256 << 20;

    /// <summary>
    /// The maximum number of files that requests may have open at the same time, for reading and
    /// appending together.
    /// </summary>
    public int MaxOpenFiles { get; init; } = int.MaxValue;
}

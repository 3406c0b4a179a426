using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare;

/// <summary>What is uploaded again and again.</summary>
/// <param name="Key">Its name for <c>--bodies</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Size">Bytes of an upload.</param>
/// <param name="Chunk">Bytes of a PATCH; those of the upload when it comes with its POST.</param>
/// <param name="Connections">How many upload at the same time; null for as many as <c>--connections</c> says.</param>
internal sealed record Workload(string Key, string Name, int Size, int Chunk, int? Connections = null)
{
    /// <summary>Before anything is measured, to have all code compiled: small, for what counts is how often.</summary>
    public static readonly Workload WarmUp = new("warm-up", "4 KiB in one request", 4 << 10, 4 << 10);

    public static readonly Workload[] All =
    [
        new("64k", "64 KiB in one request", 64 << 10, 64 << 10),
        new("1m", "1 MB in one request", 1_000_000, 1_000_000),
        new("5m", "5 MB in one request", 5_000_000, 5_000_000),
        new("5m-patch", "5 MB in 1 MB PATCHes", 5_000_000, 1_000_000),
        new("256m", "256 MB in 8 MiB PATCHes", 256_000_000, Content.Largest, 2), // a round of more would fill the disk
        new("64k-64", "64 KiB in one request", 64 << 10, 64 << 10, 64), // last: more than a minute after the first one's files were deleted
    ];

    public bool IsOneRequest => Chunk == Size;
}

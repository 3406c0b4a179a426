using OrleansIngest.LoadTests.Support.Client;

namespace OrleansIngest.LoadTests.Compare;

/// <summary>A body that is uploaded again and again.</summary>
/// <param name="Key">The name for <c>--bodies</c>.</param>
/// <param name="Name">The name in reports.</param>
/// <param name="Size">The bytes of an upload.</param>
/// <param name="Chunk">
/// The bytes of a PATCH; equal to the size if the bytes come with the POST.
/// </param>
/// <param name="Connections">
/// The number of concurrent connections; null for the value of <c>--connections</c>.
/// </param>
internal sealed record Workload(string Key, string Name, int Size, int Chunk, int? Connections = null)
{
    /// <summary>
    /// Uploads before any measurement, so that all code is compiled. They are small, because only
    /// their number matters.
    /// </summary>
    public static readonly Workload WarmUp = new("warm-up", "4 KiB in one request", 4 << 10, 4 << 10);

    public static readonly Workload[] All =
    [
        new("64k", "64 KiB in one request", 64 << 10, 64 << 10),
        new("1m", "1 MB in one request", 1_000_000, 1_000_000),
        new("5m", "5 MB in one request", 5_000_000, 5_000_000),
        new("5m-patch", "5 MB in 1 MB PATCHes", 5_000_000, 1_000_000),
        // With more connections a round would fill the disk.
        new("256m", "256 MB in 8 MiB PATCHes", 256_000_000, Content.Largest, 2),
        // Last, more than a minute after the files of the first body were deleted.
        new("64k-64", "64 KiB in one request", 64 << 10, 64 << 10, 64),
    ];

    public bool IsOneRequest => Chunk == Size;
}

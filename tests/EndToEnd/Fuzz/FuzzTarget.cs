using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>Something to aim at: a job with an upload that is open and a media that is stored. The seed says which.</summary>
internal sealed record FuzzTarget(string Job, Guid Open, Guid Stored)
{
    /// <summary>Bytes of each.</summary>
    public const int Length = 600;

    /// <summary>Bytes of the open one that are here.</summary>
    public const int Offset = 100;

    public static async Task<FuzzTarget> Put(IngestServer server, int seed)
    {
        var random = new Random(seed);
        var target = new FuzzTarget($"fuzz-{random.Next():x8}", NewId(random), NewId(random));
        await Upload.CreateWith(target.Job, target.Stored, TestMedia.Bytes(Length), Length).Run(server);
        await Upload.CreateWith(target.Job, target.Open, TestMedia.Bytes(Offset), Length).Run(server);
        return target;
    }

    public static Guid NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Fuzz;

/// <summary>
/// Something to aim at: a job with an upload that is open, a media that is stored, and
/// a part that is whole and one that has no bytes yet. The seed says which; only the
/// URLs of parts are the server's.
/// </summary>
internal sealed record FuzzTarget(string Job, Guid Open, Guid Stored, string Part, string OpenPart)
{
    /// <summary>Bytes of each.</summary>
    public const int Length = 600;

    /// <summary>Bytes of the open one that are here.</summary>
    public const int Offset = 100;

    public static async Task<FuzzTarget> Put(IngestServer server, int seed)
    {
        var random = new Random(seed);
        var (job, open, stored) = ($"fuzz-{random.Next():x8}", NewId(random), NewId(random));
        await Upload.CreateWith(job, stored, TestMedia.Bytes(Length), Length).Run(server);
        await Upload.CreateWith(job, open, TestMedia.Bytes(Offset), Length).Run(server);
        var part = await Partial.Of(server, job, TestMedia.Bytes(Length));
        var openPart = await Partial.Create(server, job, Length);
        return new FuzzTarget(job, open, stored, part.Url, openPart.Url);
    }

    public static Guid NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

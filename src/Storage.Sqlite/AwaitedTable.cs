using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Rows of the table <c>awaited</c>: the parts of each open final, by their blobs, and whether they are still waited for. A part that
/// was given up is not either: whoever looks at the final then finds that it is gone.
/// </summary>
internal static class AwaitedTable
{
    private const string RemoveFinal = "DELETE FROM awaited WHERE job = $job AND final = $final";

    private const string PutPart = """
        INSERT OR IGNORE INTO awaited (part, job, final, is_here)
        VALUES ($part, $job, $final, EXISTS (SELECT 1 FROM uploads WHERE incoming = $part AND length = durable_offset))
        """;

    private const string SetHere = "UPDATE awaited SET is_here = 1 WHERE part = $part AND is_here = 0";

    private const string FinalsWithAll = """
        SELECT final FROM awaited AS mine
        WHERE part = $part AND NOT EXISTS (SELECT 1 FROM awaited WHERE job = mine.job AND final = mine.final AND is_here = 0)
        """;

    private const string FinalsWithLength = """
        SELECT final FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        WHERE mine.part = $part AND whole.length IS NULL AND NOT EXISTS (
            SELECT 1 FROM awaited AS others JOIN uploads AS parts ON parts.incoming = others.part
            WHERE others.job = mine.job AND others.final = mine.final AND parts.length IS NULL)
        """;

    private const string LastByteOfFinal = """
        SELECT max(last_byte_at) FROM awaited JOIN uploads ON incoming = part WHERE awaited.job = $job AND final = $final
        """;

    private const string LastByteAroundPart = """
        SELECT max(max(whole.last_byte_at, parts.last_byte_at))
        FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        JOIN awaited AS others ON others.job = mine.job AND others.final = mine.final
        JOIN uploads AS parts ON parts.incoming = others.part
        WHERE mine.part = $part
        """;

    /// <summary>Writes down what a final is made of, instead of what an earlier one of the same id was.</summary>
    public static void Put(Session session, UploadRow upload)
    {
        Remove(session, upload.Job, upload.Media);
        if (upload is { IsPartial: true, IsWhole: true })
            SetNotAwaited(session, upload.Incoming); // a final may be there before it: salvage writes finals first
        foreach (var part in upload.IsFinal ? upload.Incoming.Parts : [])
            session.Query(PutPart).Bind(part).Bind(upload.Job).Bind(upload.Media).Run();
    }

    public static void Remove(Session session, string job, Guid final) => session.Query(RemoveFinal).Bind(job).Bind(final).Run();

    /// <summary>A part is waited for no more.</summary>
    public static void SetNotAwaited(Session session, BlobId part) => session.Query(SetHere).Bind(part).Run();

    /// <summary>
    /// The finals with a part that wait for none, and those whose length is known now and was not: room is taken for it.
    /// </summary>
    public static List<Guid> ToSettle(Session session, BlobId part) =>
    [
        .. session.Query(FinalsWithAll).Bind(part).All(row => row.Uuid())
            .Union(session.Query(FinalsWithLength).Bind(part).All(row => row.Uuid())),
    ];

    /// <summary>When the last byte came of an upload, or of one that it waits for or that waits with it for the same final.</summary>
    public static TimeSpan LastByteAt(Session session, UploadRow upload)
    {
        var around = upload switch
        {
            { IsFinal: true } => session.Query(LastByteOfFinal).Bind(upload.Job).Bind(upload.Media).One(row => row.IntegerOrNull()),
            { IsPartial: true } => session.Query(LastByteAroundPart).Bind(upload.Incoming).One(row => row.IntegerOrNull()),
            _ => null,
        };
        return new TimeSpan(Math.Max(upload.LastByteAt.Ticks, around ?? 0));
    }
}

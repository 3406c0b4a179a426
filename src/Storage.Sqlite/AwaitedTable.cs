using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The table <c>awaited</c>. It has a row for each part of each open final upload (tus
/// concatenation), and says whether the final upload still waits for the part. The key of a part is
/// its blob. A final upload does not wait for a part that was terminated: the next request for the
/// final upload discovers that the part is missing.
/// </summary>
internal static class AwaitedTable
{
    private const string RemoveFinal = "DELETE FROM awaited WHERE job = $job AND final = $final";

    private const string PutPart = """
        INSERT OR IGNORE INTO awaited (part, job, final, is_here)
        VALUES ($part, $job, $final, EXISTS (SELECT 1 FROM uploads WHERE incoming = $part AND length = durable_offset))
        """;

    private const string SetHere = "UPDATE awaited SET is_here = 1 WHERE part = $part AND is_here = 0";

    // The final uploads with a part that wait for no part.
    private const string FinalsWithAll = """
        SELECT final FROM awaited AS mine
        WHERE part = $part AND NOT EXISTS (
            SELECT 1 FROM awaited WHERE job = mine.job AND final = mine.final AND is_here = 0)
        """;

    // The final uploads with a part whose length is not recorded, although the length of every part
    // is known.
    private const string FinalsWithLength = """
        SELECT final FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        WHERE mine.part = $part AND whole.length IS NULL AND NOT EXISTS (
            SELECT 1 FROM awaited AS others JOIN uploads AS parts ON parts.incoming = others.part
            WHERE others.job = mine.job AND others.final = mine.final AND parts.length IS NULL)
        """;

    private const string LastByteOfFinal = """
        SELECT max(last_byte_at) FROM awaited JOIN uploads ON incoming = part
        WHERE awaited.job = $job AND final = $final
        """;

    private const string LastByteAroundPart = """
        SELECT max(max(whole.last_byte_at, parts.last_byte_at))
        FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        JOIN awaited AS others ON others.job = mine.job AND others.final = mine.final
        JOIN uploads AS parts ON parts.incoming = others.part
        WHERE mine.part = $part
        """;

    /// <summary>
    /// Writes the parts of a final upload, in place of those of an earlier upload with the same id.
    /// </summary>
    public static void Put(Session session, UploadRow upload)
    {
        Remove(session, upload.Job, upload.Media);
        // The rows of a final upload may be written before this part: salvage writes finals first.
        if (upload is { IsPartial: true, IsWhole: true })
            SetNotAwaited(session, upload.Incoming);
        foreach (var part in upload.IsFinal ? upload.Incoming.Parts : [])
            session.Query(PutPart).Bind(part).Bind(upload.Job).Bind(upload.Media).Run();
    }

    /// <summary>Removes the parts of a final upload.</summary>
    public static void Remove(Session session, string job, Guid final) =>
        session.Query(RemoveFinal).Bind(job).Bind(final).Run();

    /// <summary>Records that no final upload waits for a part any more.</summary>
    public static void SetNotAwaited(Session session, BlobId part) => session.Query(SetHere).Bind(part).Run();

    /// <summary>
    /// The ids of the final uploads with a part that the caller must look at: those that wait for
    /// no part and can be completed, and those whose length has just become known, so that the job
    /// can count it against its limits.
    /// </summary>
    public static List<Guid> ToSettle(Session session, BlobId part) =>
    [
        .. session.Query(FinalsWithAll).Bind(part).All(row => row.Uuid())
            .Union(session.Query(FinalsWithLength).Bind(part).All(row => row.Uuid())),
    ];

    /// <summary>
    /// The running time of the last byte of an upload. For an upload of a concatenation, this is
    /// the last byte of the final upload and all its parts, because these live as long as each
    /// other.
    /// </summary>
    public static TimeSpan LastByteAt(Session session, UploadRow upload)
    {
        var ofOthers = upload switch
        {
            { IsFinal: true } => session.Query(LastByteOfFinal)
                .Bind(upload.Job).Bind(upload.Media).One(row => row.IntegerOrNull()),
            { IsPartial: true } => session.Query(LastByteAroundPart)
                .Bind(upload.Incoming).One(row => row.IntegerOrNull()),
            _ => null,
        };
        return new TimeSpan(Math.Max(upload.LastByteAt.Ticks, ofOthers ?? 0));
    }
}

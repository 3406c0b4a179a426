using Npgsql;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The table <c>awaited</c>. It has a row for each part of each open final upload (tus
/// concatenation), and says whether the final upload still waits for the part. The key of a part is
/// its blob. A final upload does not wait for a part that was terminated: the next request for the
/// final upload discovers that the part is missing.
/// <para>
/// Two transactions must not miss each other: one opens a final upload and one completes a part of
/// it, or two complete parts. So each locks what the other one reads, and reads afterwards: the
/// first two the part, the others the final upload.
/// </para>
/// </summary>
internal static class AwaitedTable
{
    // Weaker than the lock of LockPart, so that bytes of the parts can be recorded meanwhile.
    private const string HoldParts =
        "SELECT FROM uploads WHERE incoming = ANY ($1) ORDER BY job, media FOR KEY SHARE";

    private const string RemoveFinals = $"""
        DELETE FROM awaited USING unnest($2::text[], $3::uuid[]) AS a (job, final)
        {AppendGroup.OfAppended}
        WHERE awaited.job = a.job AND awaited.final = a.final
        """;

    private const string PutParts = $"""
        INSERT INTO awaited (part, job, final, is_here)
        SELECT part, a.job, final, EXISTS (SELECT FROM uploads WHERE incoming = part AND length = durable_offset)
        FROM unnest($2::text[], $3::text[], $4::uuid[]) AS a (job, part, final)
        {AppendGroup.OfAppended}
        ON CONFLICT DO NOTHING
        """;

    private const string LockPart = "SELECT FROM uploads WHERE incoming = $1 ORDER BY job, media FOR UPDATE";

    private const string LockFinals = """
        SELECT FROM uploads AS whole JOIN awaited ON whole.job = awaited.job AND whole.media = final
        WHERE part = $1 ORDER BY whole.job, whole.media FOR UPDATE OF whole
        """;

    private const string SetHere = "UPDATE awaited SET is_here = true WHERE part = $1 AND NOT is_here";

    private const string SetGone = """
        UPDATE awaited SET is_here = true
        WHERE part = $1 AND NOT is_here AND NOT EXISTS (SELECT FROM uploads WHERE incoming = $1)
        """;

    // The final uploads with a part that wait for no part; and those whose length is not recorded,
    // although the length of every part is known.
    private const string ListToSettle = """
        SELECT final FROM awaited AS mine
        WHERE part = $1 AND NOT EXISTS (
            SELECT FROM awaited AS others
            WHERE others.job = mine.job AND others.final = mine.final AND NOT others.is_here)
        UNION
        SELECT final FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        WHERE mine.part = $1 AND whole.length IS NULL AND NOT EXISTS (
            SELECT FROM awaited AS others JOIN uploads AS parts ON parts.incoming = others.part
            WHERE others.job = mine.job AND others.final = mine.final AND parts.length IS NULL)
        """;

    private const string LastByteOfFinal = """
        SELECT max(last_byte_at) FROM awaited JOIN uploads ON incoming = part
        WHERE awaited.job = $1 AND final = $2
        """;

    private const string LastByteAroundPart = """
        SELECT max(greatest(whole.last_byte_at, parts.last_byte_at))
        FROM awaited AS mine
        JOIN uploads AS whole ON whole.job = mine.job AND whole.media = mine.final
        JOIN awaited AS others ON others.job = mine.job AND others.final = mine.final
        JOIN uploads AS parts ON parts.incoming = others.part
        WHERE mine.part = $1
        """;

    /// <summary>The parts of final uploads.</summary>
    public static IReadOnlyCollection<OfJob<(BlobId Part, Guid Final)>> Of(IEnumerable<UploadRow> uploads) =>
    [
        .. from upload in uploads
           where upload.IsFinal
           from part in upload.Incoming.Parts
           select new OfJob<(BlobId, Guid)>(upload.Job, (part, upload.Media)),
    ];

    /// <summary>
    /// Keeps parts from being completed and removed until the transaction ends. It comes before
    /// <see cref="Put"/>.
    /// </summary>
    public static NpgsqlBatchCommand Hold(IReadOnlyCollection<OfJob<(BlobId Part, Guid Final)>> parts) =>
        new NpgsqlBatchCommand(HoldParts).WithEach(parts, a => a.Row.Part.ToString());

    /// <summary>
    /// Writes parts of final uploads of the jobs that a transaction appends to. The uploads are
    /// written before, and earlier parts are removed.
    /// </summary>
    public static NpgsqlBatchCommand Put(
        IReadOnlyCollection<OfJob<(BlobId Part, Guid Final)>> parts, Guid transaction) =>
        new NpgsqlBatchCommand(PutParts).With(transaction)
            .WithEach(parts, a => a.Job).WithEach(parts, a => a.Row.Part.ToString()).WithEach(parts, a => a.Row.Final);

    /// <summary>
    /// Removes the parts of final uploads of the jobs that a transaction appends to.
    /// </summary>
    public static NpgsqlBatchCommand Remove(IReadOnlyCollection<OfJob<Guid>> finals, Guid transaction) =>
        new NpgsqlBatchCommand(RemoveFinals).With(transaction)
            .WithEach(finals, a => a.Job).WithEach(finals, a => a.Row);

    /// <summary>Records that no final upload waits for a part any more.</summary>
    public static IEnumerable<NpgsqlBatchCommand> SetNotAwaited(BlobId part) =>
        With(part, LockPart, LockFinals, SetHere);

    /// <summary>
    /// Records that no final upload waits for a part any more, if the part is removed. The
    /// statement that removes it comes before.
    /// </summary>
    public static IEnumerable<NpgsqlBatchCommand> SetNotAwaitedIfGone(BlobId part) => With(part, LockFinals, SetGone);

    /// <summary>
    /// The ids of the final uploads with a part that the caller must look at: those that wait for
    /// no part and can be completed, and those whose length has just become known, so that the job
    /// can count it against its limits.
    /// </summary>
    public static NpgsqlBatchCommand ToSettle(BlobId part) => new NpgsqlBatchCommand(ListToSettle).With(part);

    /// <summary>
    /// The last byte, in running time, of an upload's concatenation; null if it belongs to none.
    /// </summary>
    public static NpgsqlBatchCommand LastByteAt(UploadRow upload) => upload.IsPartial
        ? new NpgsqlBatchCommand(LastByteAroundPart).With(upload.Incoming)
        : new NpgsqlBatchCommand(LastByteOfFinal).With(upload.Job).With(upload.Media);

    private static IEnumerable<NpgsqlBatchCommand> With(BlobId part, params string[] statements) =>
        statements.Select(sql => new NpgsqlBatchCommand(sql).With(part));
}

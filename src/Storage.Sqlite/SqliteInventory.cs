using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The inventory in SQLite: which blobs are needed, and the state of sweeps and scrubs.
/// </summary>
internal sealed class SqliteInventory(SqliteWriter writer, SqliteReaders readers) : IInventory
{
    private const string IsIncoming = "SELECT 1 FROM uploads WHERE incoming = $blob LIMIT 1";
    private const string IsContent = "SELECT 1 FROM media WHERE content = $blob LIMIT 1";
    private const string IsIncomingOf = "SELECT 1 FROM uploads WHERE incoming >= $from AND incoming < $to LIMIT 1";
    private const string IsContentOf = "SELECT 1 FROM media WHERE content >= $from AND content < $to LIMIT 1";
    private const string ContentsOf = "SELECT DISTINCT content FROM media WHERE content >= $from AND content < $to";
    private const string SeeOrphan = """
        INSERT INTO orphans (blob, found_at, seen_at) VALUES ($blob, $now, $now)
        ON CONFLICT (blob) DO UPDATE SET seen_at = $now
        RETURNING found_at
        """;

    private const string ForgetOld = "DELETE FROM orphans WHERE seen_at < $sweep";
    private const string FindChecked = "SELECT content FROM scrub";
    private const string PutChecked = "UPDATE scrub SET content = $content";

    // GROUP BY returns each content once, with one of the media that share it: either one of them
    // is stored and the others are duplicates, or all of them are damaged.
    private static readonly string s_list = $"""
        SELECT content, job, id, length, sha256, status <> {(int)MediaStatus.Stored} FROM media
        WHERE content > $after
            AND (status = {(int)MediaStatus.Stored}
                OR (status = {(int)MediaStatus.Failed} AND failure_reason = {(int)FailureReason.Damaged}))
        GROUP BY content ORDER BY content LIMIT $limit
        """;

    /// <inheritdoc/>
    public Task<IReadOnlySet<BlobId>> Needed(
        IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlySet<BlobId>>(session => Needed(session, blobs), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlySet<BlobId>> NeededIn(Guid segment, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlySet<BlobId>>(session => NeededIn(session, segment, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<BlobId> blobs, TimeSpan sweep) =>
        writer.Write<IReadOnlyList<TimeSpan>>(
            session => [.. blobs.Select(
                blob => session.Query(SeeOrphan).Bind(blob).Bind(sweep).One(row => row.Span()))]);

    /// <inheritdoc/>
    public Task ForgetOrphans(TimeSpan sweep) => writer.Write(session => session.Query(ForgetOld).Bind(sweep).Run());

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptBytes>> List(BlobId? after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<KeptBytes>>(
            session => session.Query(s_list).Bind(after?.ToString() ?? "").Bind(limit).All(Read, cancellation),
            cancellation);

    /// <inheritdoc/>
    public Task<BlobId?> CheckedUntil(CancellationToken cancellation = default) =>
        readers.Read(session => session.Query(FindChecked).One(row => row.BlobIdOrNull()), cancellation);

    /// <inheritdoc/>
    public Task SetCheckedUntil(BlobId? content) =>
        writer.Write(session => session.Query(PutChecked).Bind(content).Run());

    /// <summary>
    /// The blobs that an upload or a media needs. The caller reads in one transaction: an upload
    /// that is completed moves its blob from one table to the other, and must not be missed in
    /// both.
    /// </summary>
    internal static HashSet<BlobId> Needed(Session session, IEnumerable<BlobId> blobs)
    {
        return [.. blobs.Where(blob => IsNeeded(blob) || PartTable.Joined(session, blob).Any(IsNeededJoined))];

        bool IsNeeded(BlobId blob) =>
            HasRow(session.Query(IsIncoming).Bind(blob)) || HasRow(session.Query(IsContent).Bind(blob));

        bool IsNeededJoined(Guid joined) =>
            HasRow(BindRange(session.Query(IsIncomingOf), joined))
            || HasRow(BindRange(session.Query(IsContentOf), joined));

        static bool HasRow(Statement statement) => statement.One(row => row.Flag());
    }

    /// <summary>The extents of a segment in which media keep their bytes.</summary>
    internal static HashSet<BlobId> NeededIn(Session session, Guid segment, CancellationToken cancellation) =>
        [.. BindRange(session.Query(ContentsOf), segment).All(row => row.BlobId(), cancellation)];

    /// <summary>
    /// Binds the range of the texts of all blobs with a UUID, which the indexes can search.
    /// </summary>
    private static Statement BindRange(Statement query, Guid uuid)
    {
        var (from, to) = BlobId.TextsOf(uuid);
        return query.Bind(from).Bind(to);
    }

    private static KeptBytes Read(Row row) =>
        new(row.BlobId(), row.Text(), row.Uuid(), row.Integer(), row.Sha256(), row.Flag());
}

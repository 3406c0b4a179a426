using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>What SQLite knows of bytes.</summary>
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
    private const string FindMark = "SELECT content FROM scrub";
    private const string PutMark = "UPDATE scrub SET content = $content";

    // Each content once: of the media that share one, either one is stored and the others are duplicates, or all are
    // damaged.
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
        readers.Read(session => session.Query(FindMark).One(row => row.BlobIdOrNull()), cancellation);

    /// <inheritdoc/>
    public Task SetCheckedUntil(BlobId? content) => writer.Write(session => session.Query(PutMark).Bind(content).Run());

    /// <summary>
    /// One moment for both tables: an upload that is completed leaves one and appears in the other.
    /// </summary>
    internal static HashSet<BlobId> Needed(Session session, IEnumerable<BlobId> blobs)
    {
        return [.. blobs.Where(blob => IsNeeded(blob) || PartTable.Joined(session, blob).Any(IsNeededJoined))];

        bool IsNeeded(BlobId blob) =>
            Is(session.Query(IsIncoming).Bind(blob)) || Is(session.Query(IsContent).Bind(blob));

        bool IsNeededJoined(Guid joined) =>
            Is(Of(session.Query(IsIncomingOf), joined)) || Is(Of(session.Query(IsContentOf), joined));

        static bool Is(Statement found) => found.One(row => row.Flag());
    }

    internal static HashSet<BlobId> NeededIn(Session session, Guid segment, CancellationToken cancellation) =>
        [.. Of(session.Query(ContentsOf), segment).All(row => row.BlobId(), cancellation)];

    private static Statement Of(Statement query, Guid uuid)
    {
        var (from, to) = BlobId.TextsOf(uuid);
        return query.Bind(from).Bind(to);
    }

    private static KeptBytes Read(Row row) =>
        new(row.BlobId(), row.Text(), row.Uuid(), row.Integer(), row.Sha256(), row.Flag());
}

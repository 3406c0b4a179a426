using Npgsql;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The inventory in PostgreSQL: which blobs are needed, and the state of sweeps and scrubs. Blobs
/// are freed by what it says, so it says what also the standbys know.
/// </summary>
internal sealed class PostgresInventory(PostgresDatabase database) : IInventory
{
    // One statement, because an upload that is completed moves its blob from one table to the
    // other, and must not be missed in both. The texts of all blobs with a UUID are a range: see
    // BlobId.TextsOf.
    private const string ListNeeded = """
        SELECT blob FROM unnest($1::text[]) AS asked (blob)
        WHERE EXISTS (SELECT FROM uploads WHERE incoming = blob)
            OR EXISTS (SELECT FROM media WHERE content = blob)
            OR EXISTS (
                SELECT FROM parts, replace(joined::text, '-', '') AS name
                WHERE part = blob AND (
                    EXISTS (SELECT FROM uploads WHERE incoming >= name AND incoming < name || chr(65535))
                    OR EXISTS (SELECT FROM media WHERE content >= name AND content < name || chr(65535))))
            -- An object that is made of a joined blob: see BlobId.ToObject.
            OR (substr(blob, 13, 1) = '8' AND EXISTS (
                SELECT FROM uploads, overlay(left(blob, 32) PLACING '7' FROM 13) AS name
                WHERE incoming >= name || '+' AND incoming < name || ','))
        """;

    private const string ContentsOf = "SELECT DISTINCT content FROM media WHERE content >= $1 AND content < $2";

    private const string SeeOrphans = """
        INSERT INTO orphans (blob, found_at, seen_at) SELECT blob, $2, $2 FROM unnest($1::text[]) AS found (blob)
        ORDER BY blob COLLATE "C"
        ON CONFLICT (blob) DO UPDATE SET seen_at = excluded.seen_at
        RETURNING blob, found_at
        """;

    private const string ForgetOld = "DELETE FROM orphans WHERE seen_at < $1";
    private const string FindChecked = "SELECT content FROM scrub";
    private const string PutChecked = "UPDATE scrub SET content = $1";

    // Each content once, with one of the media that share it: either one of them is stored and the
    // others are duplicates, or all of them are damaged.
    private static readonly string s_list = $"""
        SELECT DISTINCT ON (content) content, job, id, length, sha256, status <> {(int)MediaStatus.Stored} FROM media
        WHERE content > $1
            AND (status = {(int)MediaStatus.Stored}
                OR (status = {(int)MediaStatus.Failed} AND failure_reason = {(int)FailureReason.Damaged}))
        ORDER BY content LIMIT $2
        """;

    /// <inheritdoc/>
    public async Task<IReadOnlySet<BlobId>> Needed(
        IReadOnlyCollection<BlobId> blobs, CancellationToken cancellation = default) =>
        (await database.ReadDurable(
            results => results.All(row => row.BlobId()),
            cancellation,
            new NpgsqlBatchCommand(ListNeeded).WithEach(blobs, blob => blob.ToString()))).ToHashSet();

    /// <inheritdoc/>
    public async Task<IReadOnlySet<BlobId>> NeededIn(Guid segment, CancellationToken cancellation = default)
    {
        var (from, to) = BlobId.TextsOf(segment);
        var contents = await database.ReadDurable(
            results => results.All(row => row.BlobId()),
            cancellation,
            new NpgsqlBatchCommand(ContentsOf).With(from).With(to));
        return contents.ToHashSet();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<BlobId> blobs, TimeSpan sweep)
    {
        var statement = new NpgsqlBatchCommand(SeeOrphans)
            .WithEach([.. blobs.Distinct()], blob => blob.ToString()).With(sweep.Ticks);
        var found = await database.Write(results => results.All(row => (row.BlobId(), row.Span())), statement);
        var since = found.ToDictionary();
        return [.. blobs.Select(blob => since[blob])];
    }

    /// <inheritdoc/>
    public Task ForgetOrphans(TimeSpan sweep) => Run(new NpgsqlBatchCommand(ForgetOld).With(sweep.Ticks));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptBytes>> List(
        BlobId? after, int limit, CancellationToken cancellation = default) =>
        await database.Read(
            results => results.All(Read),
            cancellation,
            new NpgsqlBatchCommand(s_list).With(after?.ToString() ?? "").With(limit));

    /// <inheritdoc/>
    public Task<BlobId?> CheckedUntil(CancellationToken cancellation = default) => database.Read(
        results => results.One(row => row.BlobIdOrNull()), cancellation, new NpgsqlBatchCommand(FindChecked));

    /// <inheritdoc/>
    public Task SetCheckedUntil(BlobId? content) => Run(new NpgsqlBatchCommand(PutChecked).With(content));

    private Task<bool> Run(NpgsqlBatchCommand statement) =>
        database.Write(_ => Task.FromResult(true), statement);

    private static KeptBytes Read(Row row) =>
        new(row.BlobId(), row.Text(), row.Uuid(), row.Integer(), row.Sha256(), row.Flag());
}

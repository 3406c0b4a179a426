using Npgsql;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The pieces of incoming blobs in PostgreSQL. Every write locks the row of the upload first, so
/// that no other node takes the upload over between the comparison of the generation and the write.
/// </summary>
internal sealed class PostgresBlobPieces(PostgresDatabase database) : IBlobPieces
{
    // The texts of all blobs with a UUID are a range: see BlobId.TextsOf.
    private const string Fenced = "FROM uploads WHERE incoming >= $1 AND incoming < $2 AND generation = $3";
    private const string Lock = $"SELECT {Fenced} ORDER BY job, media FOR UPDATE";

    private const string FindPieces = """
        SELECT known.blob, multipart_upload, pieces.blob, generation, part, start, length, etag
        FROM (VALUES ($1::uuid)) AS asked (blob)
        LEFT JOIN blob_uploads AS known USING (blob)
        LEFT JOIN blob_pieces AS pieces USING (blob)
        ORDER BY start
        """;

    private const string BeginUpload = $"""
        INSERT INTO blob_uploads AS known (blob, multipart_upload) SELECT $4, $5 WHERE EXISTS (SELECT {Fenced})
        ON CONFLICT (blob) DO UPDATE SET multipart_upload = coalesce(known.multipart_upload, excluded.multipart_upload)
        RETURNING multipart_upload
        """;

    private const string ReserveParts = $"""
        INSERT INTO blob_uploads AS known (blob, next_part) SELECT $4, 1 + $5 WHERE EXISTS (SELECT {Fenced})
        ON CONFLICT (blob) DO UPDATE SET next_part = known.next_part + $5
        RETURNING next_part - $5
        """;

    // A piece with the same offset is replaced by the insert: one statement cannot do both.
    private const string RecordPiece = $"""
        WITH allowed AS (
            SELECT WHERE EXISTS (SELECT {Fenced}) AND $5 = (
                SELECT coalesce(max(start + length), 0) FROM blob_pieces WHERE blob = $4 AND start + length <= $5)),
        cut AS (
            DELETE FROM blob_pieces
            WHERE blob = $4 AND start + length > $5 AND start <> $5 AND EXISTS (SELECT FROM allowed))
        INSERT INTO blob_pieces (blob, start, length, generation, part, etag)
        SELECT $4, $5, $6, $7, $8, $9 FROM allowed
        ON CONFLICT (blob, start) DO UPDATE SET
            length = excluded.length, generation = excluded.generation, part = excluded.part, etag = excluded.etag
        RETURNING 1
        """;

    private const string CutPieces =
        $"DELETE FROM blob_pieces WHERE blob = $4 AND start + length > $5 AND EXISTS (SELECT {Fenced})";

    private const string ForgetUpload = "DELETE FROM blob_uploads WHERE blob = $1";
    private const string ForgetPieces = "DELETE FROM blob_pieces WHERE blob = $1";

    /// <inheritdoc/>
    public Task<BlobPieces?> Find(Guid blob, CancellationToken cancellation = default) =>
        database.Read(Read, cancellation, new NpgsqlBatchCommand(FindPieces).With(blob));

    /// <inheritdoc/>
    public Task<string?> Begin(Guid blob, long generation, string multipartUpload) => database.Write(
        results => AfterLock(results, row => row.Text()),
        WithFence(Lock, blob, generation),
        WithFence(BeginUpload, blob, generation).With(blob).With(multipartUpload));

    /// <inheritdoc/>
    public Task<int?> Reserve(Guid blob, long generation, int count) => database.Write(
        results => AfterLock<int?>(results, row => row.Int()),
        WithFence(Lock, blob, generation),
        WithFence(ReserveParts, blob, generation).With(blob).With(count));

    /// <inheritdoc/>
    public Task<bool> Record(Guid blob, long generation, BlobPiece piece) => database.Write(
        results => AfterLock(results, _ => true),
        WithFence(Lock, blob, generation),
        WithFence(RecordPiece, blob, generation).With(blob).With(piece.Offset).With(piece.Length)
            .With(piece.Generation).With(piece.Part).With(piece.ETag));

    /// <inheritdoc/>
    public Task<bool> Cut(Guid blob, long generation, long offset) => database.Write(
        results => results.Any(), // the lock
        WithFence(Lock, blob, generation),
        WithFence(CutPieces, blob, generation).With(blob).With(offset));

    /// <inheritdoc/>
    public Task Forget(Guid blob) => database.Write(
        _ => Task.FromResult(true),
        new NpgsqlBatchCommand(ForgetUpload).With(blob), new NpgsqlBatchCommand(ForgetPieces).With(blob));

    private static async Task<T?> AfterLock<T>(Results results, Func<Row, T> read)
    {
        await results.Any();
        return await results.One(read);
    }

    private static NpgsqlBatchCommand WithFence(string sql, Guid blob, long generation)
    {
        var (from, to) = BlobId.TextsOf(blob);
        return new NpgsqlBatchCommand(sql).With(from).With(to).With(generation);
    }

    private static async Task<BlobPieces?> Read(Results results)
    {
        var rows = await results.All(row => (
            IsKnown: row.UuidOrNull() is not null, Upload: row.TextOrNull(), Piece: ReadPiece(row)));
        List<BlobPiece> pieces = [.. rows.Select(row => row.Piece).OfType<BlobPiece>()];
        return rows[0].IsKnown || pieces.Count > 0 ? new BlobPieces(rows[0].Upload, pieces) : null;
    }

    private static BlobPiece? ReadPiece(Row row) => row.UuidOrNull() is null
        ? null
        : new BlobPiece(row.Integer(), row.Int(), row.Integer(), row.Integer(), row.Text());
}

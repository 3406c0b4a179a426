using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>Rows of the table <c>uploads</c>.</summary>
internal static class UploadTable
{
    /// <summary>Whether the row <c>u</c> has the fence <c>fences</c>.</summary>
    public const string HasFence = """
        u.job = fences.job AND u.media = fences.media AND u.incoming = fences.incoming
            AND u.generation = fences.generation
        """;

    private const string Columns = """
        job, media, incoming, device, length, raw_metadata, last_byte_at, durable_offset, declared_sha512,
        unverified_from, concat, generation, node
        """;

    private const string Replace = """
        ON CONFLICT (job, media) DO UPDATE SET
            incoming = excluded.incoming, device = excluded.device, length = excluded.length,
            raw_metadata = excluded.raw_metadata, last_byte_at = excluded.last_byte_at,
            durable_offset = excluded.durable_offset, declared_sha512 = excluded.declared_sha512,
            unverified_from = excluded.unverified_from, concat = excluded.concat, generation = excluded.generation,
            node = excluded.node
        """;

    private const string FindUpload = $"SELECT {Columns} FROM uploads WHERE job = $1 AND media = $2";
    private const string FindUploads = $"SELECT {Columns} FROM uploads WHERE job = $1 AND media = ANY ($2)";
    private const string ListOfJob = $"SELECT {Columns} FROM uploads WHERE job = $1 AND concat <> 'partial'";
    private const string ListUploads = $"SELECT {Columns} FROM uploads";

    private const string CountOfDevice = """
        SELECT count(*) FROM (
            SELECT FROM uploads WHERE device = $1 AND device <> '' AND concat <> 'partial' LIMIT $2) AS found
        """;

    private const string LockFences = $"""
        SELECT u.job, u.media FROM uploads AS u
        JOIN unnest($1::text[], $2::uuid[], $3::text[], $4::bigint[]) AS fences (job, media, incoming, generation)
            ON {HasFence}
        ORDER BY u.job, u.media FOR UPDATE OF u
        """;

    private const string Fenced = "WHERE job = $1 AND media = $2 AND incoming = $3 AND generation = $4";

    private const string PutUploads = $"""
        INSERT INTO uploads ({Columns})
        SELECT a.* FROM unnest(
            $2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::bytea[], $8::bigint[], $9::bigint[],
            $10::text[], $11::bigint[], $12::bytea[], $13::bigint[], $14::text[]) AS a ({Columns})
        {AppendGroup.OfAppended}
        {Replace}
        """;

    private const string PutUpload = $"""
        INSERT INTO uploads ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) {Replace}
        """;

    private const string RemoveUploads = $"""
        DELETE FROM uploads USING unnest($2::text[], $3::uuid[]) AS a (job, media)
        {AppendGroup.OfAppended}
        WHERE uploads.job = a.job AND uploads.media = a.media
        """;

    private const string RemoveFenced = $"DELETE FROM uploads {Fenced} RETURNING 1";
    private const string SetNode = $"UPDATE uploads SET generation = generation + 1, node = $5 {Fenced} RETURNING 1";
    private const string SetLengthOnce = $"UPDATE uploads SET length = coalesce(length, $5) {Fenced} RETURNING length";
    private const string SetUnverified = $"UPDATE uploads SET unverified_from = $5 {Fenced} RETURNING 1";

    private const string SetOffset = $"""
        UPDATE uploads SET durable_offset = $5, last_byte_at = $6, unverified_from = NULL {Fenced} RETURNING 1
        """;

    private const string SetLastByte = $"UPDATE uploads SET last_byte_at = $5 {Fenced} RETURNING 1";

    public static NpgsqlBatchCommand Find(string job, Guid media) =>
        new NpgsqlBatchCommand(FindUpload).With(job).With(media);

    /// <summary>Those of the uploads that are open, in no order.</summary>
    public static NpgsqlBatchCommand Find(string job, Guid[] media) =>
        new NpgsqlBatchCommand(FindUploads).With(job).With(media);

    /// <summary>The open uploads of a job, without partial ones.</summary>
    public static NpgsqlBatchCommand OfJob(string job) => new NpgsqlBatchCommand(ListOfJob).With(job);

    public static NpgsqlBatchCommand List() => new(ListUploads);

    public static NpgsqlBatchCommand Count(string device, int limit) =>
        new NpgsqlBatchCommand(CountOfDevice).With(device).With(limit);

    /// <summary>
    /// Locks those rows that have a fence, and returns their keys. Until the transaction ends, no
    /// other one changes whether a row has its fence.
    /// </summary>
    public static NpgsqlBatchCommand Lock(IReadOnlyCollection<UploadFence> fences) =>
        new NpgsqlBatchCommand(LockFences).WithFences(fences);

    /// <summary>Writes uploads of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Put(IReadOnlyCollection<UploadRow> uploads, Guid transaction) =>
        new NpgsqlBatchCommand(PutUploads).With(transaction)
            .WithEach(uploads, u => u.Job).WithEach(uploads, u => u.Media)
            .WithEach(uploads, u => u.Incoming.ToString()).WithEach(uploads, u => u.Device)
            .WithEach(uploads, u => u.Length).WithUtf8(uploads, u => u.RawMetadata)
            .WithEach(uploads, u => u.LastByteAt.Ticks).WithEach(uploads, u => u.DurableOffset)
            .WithEach(uploads, u => u.DeclaredSha512).WithEach(uploads, u => u.UnverifiedFrom)
            .WithUtf8(uploads, u => u.Concat).WithEach(uploads, u => u.Generation).WithEach(uploads, u => u.Node);

    /// <summary>Writes an upload.</summary>
    public static NpgsqlBatchCommand Put(UploadRow upload) =>
        new NpgsqlBatchCommand(PutUpload)
            .With(upload.Job).With(upload.Media).With(upload.Incoming).With(upload.Device)
            .With(upload.Length).With(Parameters.Utf8(upload.RawMetadata)).With(upload.LastByteAt.Ticks)
            .With(upload.DurableOffset).With(upload.DeclaredSha512).With(upload.UnverifiedFrom)
            .With(Parameters.Utf8(upload.Concat)).With(upload.Generation).With(upload.Node);

    /// <summary>Removes uploads of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Remove(IReadOnlyCollection<OfJob<Guid>> media, Guid transaction) =>
        new NpgsqlBatchCommand(RemoveUploads).With(transaction)
            .WithEach(media, a => a.Job).WithEach(media, a => a.Row);

    public static NpgsqlBatchCommand Remove(UploadFence upload) => WithFence(RemoveFenced, upload);

    /// <summary>Gives an upload to another node.</summary>
    public static NpgsqlBatchCommand TakeOver(UploadFence upload, string node) => WithFence(SetNode, upload).With(node);

    /// <summary>
    /// Sets the length if there is none yet, and returns the one that the upload has now.
    /// </summary>
    public static NpgsqlBatchCommand SetLength(UploadFence upload, long length) =>
        WithFence(SetLengthOnce, upload).With(length);

    public static NpgsqlBatchCommand MarkUnverified(UploadFence upload, long? from) =>
        WithFence(SetUnverified, upload).With(from);

    public static NpgsqlBatchCommand RecordOffset(UploadFence upload, long offset, TimeSpan lastByteAt) =>
        WithFence(SetOffset, upload).With(offset).With(lastByteAt.Ticks);

    public static NpgsqlBatchCommand RecordByte(UploadFence upload, TimeSpan lastByteAt) =>
        WithFence(SetLastByte, upload).With(lastByteAt.Ticks);

    /// <summary>Adds fences as four arrays.</summary>
    public static NpgsqlBatchCommand WithFences(
        this NpgsqlBatchCommand statement, IReadOnlyCollection<UploadFence> fences) => statement
        .WithEach(fences, f => f.Job).WithEach(fences, f => f.Media)
        .WithEach(fences, f => f.Incoming.ToString()).WithEach(fences, f => f.Generation);

    public static UploadRow Read(Row row) => new()
    {
        Job = row.Text(),
        Media = row.Uuid(),
        Incoming = row.BlobId(),
        Device = row.Text(),
        Length = row.IntegerOrNull(),
        RawMetadata = row.Utf8(),
        LastByteAt = row.Span(),
        DurableOffset = row.Integer(),
        DeclaredSha512 = row.TextOrNull(),
        UnverifiedFrom = row.IntegerOrNull(),
        Concat = row.Utf8(),
        Generation = row.Integer(),
        Node = row.Text(),
    };

    private static NpgsqlBatchCommand WithFence(string sql, UploadFence upload) => new NpgsqlBatchCommand(sql)
        .With(upload.Job).With(upload.Media).With(upload.Incoming).With(upload.Generation);
}

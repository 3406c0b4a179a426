using Npgsql;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The table <c>media</c>.</summary>
internal static class MediaTable
{
    private const string Columns = """
        id, status, device,
        filename, declared_type, section, session, captured_at, kind, source,
        length, declared_sha256, sha256, media_type, incoming, content, duplicate_of,
        failure_reason, failure_message, failure_retryable,
        first_seq, started_seq, last_seq, changed_at
        """;

    private const string ListMedia = $"SELECT {Columns} FROM media WHERE job = $1";

    private const string PutMedia = $"""
        INSERT INTO media (job, {Columns})
        SELECT a.* FROM unnest(
            $2::text[], $3::uuid[], $4::integer[], $5::text[],
            $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[], $11::bytea[], $12::bytea[],
            $13::bigint[], $14::bytea[], $15::bytea[], $16::text[], $17::text[], $18::text[], $19::uuid[],
            $20::integer[], $21::bytea[], $22::boolean[],
            $23::bigint[], $24::bigint[], $25::bigint[], $26::bigint[]) AS a (job, {Columns})
        {AppendGroup.OfAppended}
        ON CONFLICT (job, id) DO UPDATE SET
            status = excluded.status, device = excluded.device, filename = excluded.filename,
            declared_type = excluded.declared_type, section = excluded.section, session = excluded.session,
            captured_at = excluded.captured_at, kind = excluded.kind, source = excluded.source,
            length = excluded.length, declared_sha256 = excluded.declared_sha256, sha256 = excluded.sha256,
            media_type = excluded.media_type, incoming = excluded.incoming, content = excluded.content,
            duplicate_of = excluded.duplicate_of, failure_reason = excluded.failure_reason,
            failure_message = excluded.failure_message, failure_retryable = excluded.failure_retryable,
            first_seq = excluded.first_seq, started_seq = excluded.started_seq, last_seq = excluded.last_seq,
            changed_at = excluded.changed_at
        """;

    /// <summary>All media of a job, deleted ones included, in no order.</summary>
    public static NpgsqlBatchCommand List(string job) => new NpgsqlBatchCommand(ListMedia).With(job);

    /// <summary>Writes media of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Put(IReadOnlyCollection<OfJob<Media>> media, Guid transaction)
    {
        var statement = new NpgsqlBatchCommand(PutMedia).With(transaction)
            .WithEach(media, a => a.Job).WithEach(media, a => a.Row.Id)
            .WithEach(media, a => (int)a.Row.Status).WithEach(media, a => a.Row.Device);
        return WithSeqs(WithFailures(WithContents(WithDescriptions(statement, media), media), media), media);
    }

    // Each call reads the next column. Member initializers run in the order in which they are
    // written, so their order must be that of Columns.
    public static Media Read(Row row) => new()
    {
        Id = row.Uuid(),
        Status = (MediaStatus)row.Int(),
        Device = row.SharedText(),
        Description = ReadDescription(row),
        Length = row.IntegerOrNull(),
        DeclaredSha256 = row.Sha256OrNull(),
        Sha256 = row.Sha256OrNull(),
        MediaType = row.SharedText(),
        Incoming = row.BlobIdOrNull(),
        Content = row.BlobIdOrNull(),
        DuplicateOf = row.UuidOrNull(),
        Failure = row.IsNull(columns: 3) ? null : new UploadFailure((FailureReason)row.Int(), row.Utf8(), row.Flag()),
        FirstSeq = row.Integer(),
        StartedSeq = row.Integer(),
        LastSeq = row.Integer(),
        ChangedAt = row.Time(),
    };

    private static NpgsqlBatchCommand WithDescriptions(
        NpgsqlBatchCommand statement, IReadOnlyCollection<OfJob<Media>> media) => statement
        .WithUtf8(media, a => a.Row.Description.Filename).WithUtf8(media, a => a.Row.Description.DeclaredType)
        .WithUtf8(media, a => a.Row.Description.Section).WithUtf8(media, a => a.Row.Description.Session)
        .WithUtf8(media, a => a.Row.Description.CapturedAt).WithUtf8(media, a => a.Row.Description.Kind)
        .WithUtf8(media, a => a.Row.Description.Source);

    private static NpgsqlBatchCommand WithContents(
        NpgsqlBatchCommand statement, IReadOnlyCollection<OfJob<Media>> media) => statement
        .WithEach(media, a => a.Row.Length)
        .WithEach(media, a => a.Row.DeclaredSha256?.ToBytes()).WithEach(media, a => a.Row.Sha256?.ToBytes())
        .WithEach(media, a => a.Row.MediaType)
        .WithEach(media, a => a.Row.Incoming?.ToString()).WithEach(media, a => a.Row.Content?.ToString())
        .WithEach(media, a => a.Row.DuplicateOf);

    private static NpgsqlBatchCommand WithFailures(
        NpgsqlBatchCommand statement, IReadOnlyCollection<OfJob<Media>> media) => statement
        .WithEach(media, a => (int?)a.Row.Failure?.Reason)
        .WithUtf8(media, a => a.Row.Failure?.Message)
        .WithEach(media, a => a.Row.Failure?.Retryable);

    private static NpgsqlBatchCommand WithSeqs(
        NpgsqlBatchCommand statement, IReadOnlyCollection<OfJob<Media>> media) => statement
        .WithEach(media, a => a.Row.FirstSeq).WithEach(media, a => a.Row.StartedSeq)
        .WithEach(media, a => a.Row.LastSeq).WithEach(media, a => a.Row.ChangedAt.UtcTicks);

    private static MediaDescription ReadDescription(Row row) => new()
    {
        Filename = row.Utf8(),
        DeclaredType = row.SharedUtf8(),
        Section = row.SharedUtf8(),
        Session = row.SharedUtf8(),
        CapturedAt = row.Utf8(),
        Kind = row.SharedUtf8(),
        Source = row.SharedUtf8(),
    };
}

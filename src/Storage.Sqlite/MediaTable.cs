using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Sqlite;

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

    private const string ListMedia = $"SELECT {Columns} FROM media WHERE job = $job";

    private const string PutMedia = $"""
        REPLACE INTO media (job, {Columns})
        VALUES ($job, $id, $status, $device,
            $filename, $declared_type, $section, $session, $captured_at, $kind, $source,
            $length, $declared_sha256, $sha256, $media_type, $incoming, $content, $duplicate_of,
            $failure_reason, $failure_message, $failure_retryable,
            $first_seq, $started_seq, $last_seq, $changed_at)
        """;

    /// <summary>
    /// All media of a job, deleted ones included, in the order of <see cref="Media.FirstSeq"/>.
    /// </summary>
    public static List<Media> List(Session session, string job, CancellationToken cancellation)
    {
        var media = session.Query(ListMedia).Bind(job).All(Read, cancellation);
        media.Sort((a, b) => a.FirstSeq.CompareTo(b.FirstSeq)); // ORDER BY is slower: it copies the rows
        return media;
    }

    /// <summary>
    /// The media of a job in a file that may be damaged, in no order, without the rows that hold
    /// impossible values.
    /// </summary>
    public static List<Media> Readable(Session session, string job) =>
        session.Query(ListMedia).Bind(job).Readable(Read);

    /// <summary>Writes the row of a media.</summary>
    public static void Put(Session session, string job, Media media)
    {
        var statement = session.Query(PutMedia).Bind(job).Bind(media.Id).Bind((int)media.Status).Bind(media.Device);
        Bind(statement, media.Description)
            .Bind(media.Length).Bind(media.DeclaredSha256).Bind(media.Sha256)
            .Bind(media.MediaType).Bind(media.Incoming).Bind(media.Content).Bind(media.DuplicateOf);
        Bind(statement, media.Failure)
            .Bind(media.FirstSeq).Bind(media.StartedSeq).Bind(media.LastSeq).Bind(media.ChangedAt)
            .Run();
    }

    private static Statement Bind(Statement statement, MediaDescription description) => statement
        .Bind(description.Filename).Bind(description.DeclaredType)
        .Bind(description.Section).Bind(description.Session)
        .Bind(description.CapturedAt).Bind(description.Kind).Bind(description.Source);

    private static Statement Bind(Statement statement, UploadFailure? failure) => failure is null
        ? statement.BindNull().BindNull().BindNull()
        : statement.Bind((int)failure.Reason).Bind(failure.Message).Bind(failure.Retryable);

    // Each call reads the next column. Member initializers run in the order in which they are
    // written, so their order must be that of Columns.
    private static Media Read(Row row) => new()
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
        Failure = row.IsNull(columns: 3) ? null : new UploadFailure((FailureReason)row.Int(), row.Text(), row.Flag()),
        FirstSeq = row.Integer(),
        StartedSeq = row.Integer(),
        LastSeq = row.Integer(),
        ChangedAt = row.Time(),
    };

    private static MediaDescription ReadDescription(Row row) => new()
    {
        Filename = row.Text(),
        DeclaredType = row.SharedText(),
        Section = row.SharedText(),
        Session = row.SharedText(),
        CapturedAt = row.Text(),
        Kind = row.SharedText(),
        Source = row.SharedText(),
    };
}

using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Rows of the table <c>uploads</c>.</summary>
internal static class UploadTable
{
    private const string Columns = """
        job, media, incoming, device, length, raw_metadata, last_byte_at, durable_offset, declared_sha512,
        unverified_from, concat, generation, node
        """;

    private const string FindUpload = $"SELECT {Columns} FROM uploads WHERE job = $job AND media = $media";
    private const string ListOfJob = $"SELECT {Columns} FROM uploads WHERE job = $job";
    private const string ListUploads = $"SELECT {Columns} FROM uploads";
    private const string CountOfDevice = """
        SELECT count(*) FROM (
            SELECT 1 FROM uploads WHERE device = $device AND device <> '' AND concat <> 'partial' LIMIT $limit)
        """;

    private const string RemoveUpload = "DELETE FROM uploads WHERE job = $job AND media = $media RETURNING concat";

    private const string Fenced =
        "WHERE job = $job AND media = $media AND incoming = $incoming AND generation = $generation";

    private const string RemoveFenced = $"DELETE FROM uploads {Fenced}";
    private const string HasFence = $"SELECT EXISTS (SELECT 1 FROM uploads {Fenced})";
    private const string SetNode = $"UPDATE uploads SET generation = generation + 1, node = $node {Fenced}";

    private const string PutUpload = $"""
        REPLACE INTO uploads ({Columns})
        VALUES (
            $job, $media, $incoming, $device, $length, $raw_metadata, $last_byte_at, $durable_offset,
            $declared_sha512, $unverified_from, $concat, $generation, $node)
        """;

    private const string SetLengthOnce =
        $"UPDATE uploads SET length = coalesce(length, $length) {Fenced} RETURNING length";

    private const string SetUnverified = $"UPDATE uploads SET unverified_from = $from {Fenced}";

    private const string SetOffset = $"""
        UPDATE uploads SET durable_offset = $offset, last_byte_at = $last_byte_at, unverified_from = NULL {Fenced}
        """;

    private const string SetLastByte = $"UPDATE uploads SET last_byte_at = $last_byte_at {Fenced}";

    public static UploadRow? Find(Session session, string job, Guid media) =>
        session.Query(FindUpload).Bind(job).Bind(media).One(Read);

    public static List<UploadRow> OfJob(Session session, string job) => session.Query(ListOfJob).Bind(job).All(Read);

    /// <summary>Those of a damaged file.</summary>
    public static List<UploadRow> Readable(Session session, string job) =>
        session.Query(ListOfJob).Bind(job).Readable(Read);

    public static List<UploadRow> List(Session session, CancellationToken cancellation) =>
        session.Query(ListUploads).All(Read, cancellation);

    public static int Count(Session session, string device, int limit) =>
        session.Query(CountOfDevice).Bind(device).Bind(limit).One(row => row.Int());

    public static void Put(Session session, UploadRow upload)
    {
        session.Query(PutUpload)
            .Bind(upload.Job).Bind(upload.Media).Bind(upload.Incoming).Bind(upload.Device)
            .Bind(upload.Length).Bind(upload.RawMetadata).Bind(upload.LastByteAt).Bind(upload.DurableOffset)
            .BindOrNull(upload.DeclaredSha512).Bind(upload.UnverifiedFrom).Bind(upload.Concat)
            .Bind(upload.Generation).Bind(upload.Node).Run();
        AwaitedTable.Put(session, upload);
    }

    public static void Remove(Session session, string job, Guid media)
    {
        var concat = session.Query(RemoveUpload).Bind(job).Bind(media).One(row => row.TextOrNull());
        if (concat is { Length: > 0 })
            AwaitedTable.Remove(session, job, media);
    }

    public static bool Remove(Session session, UploadFence upload) =>
        Bind(session.Query(RemoveFenced), upload).Run() > 0;

    /// <summary>Whether an upload's row has this fence.</summary>
    public static bool Has(Session session, UploadFence upload) =>
        Bind(session.Query(HasFence), upload).One(row => row.Flag());

    /// <summary>Gives an upload to another node.</summary>
    public static bool TakeOver(Session session, UploadFence upload, string node) =>
        Bind(session.Query(SetNode).Bind(node), upload).Run() > 0;

    /// <summary>Sets the length if there is none yet.</summary>
    /// <returns>The length that the upload has now; null if its row has another fence.</returns>
    public static long? SetLength(Session session, UploadFence upload, long length) =>
        Bind(session.Query(SetLengthOnce).Bind(length), upload).One(row => row.IntegerOrNull());

    public static bool MarkUnverified(Session session, UploadFence upload, long? from) =>
        Bind(session.Query(SetUnverified).Bind(from), upload).Run() > 0;

    public static bool RecordOffset(Session session, UploadFence upload, long offset, TimeSpan lastByteAt) =>
        Bind(session.Query(SetOffset).Bind(offset).Bind(lastByteAt), upload).Run() > 0;

    public static bool RecordByte(Session session, UploadFence upload, TimeSpan lastByteAt) =>
        Bind(session.Query(SetLastByte).Bind(lastByteAt), upload).Run() > 0;

    private static Statement Bind(Statement statement, UploadFence upload) =>
        statement.Bind(upload.Job).Bind(upload.Media).Bind(upload.Incoming).Bind(upload.Generation);

    private static UploadRow Read(Row row) => new()
    {
        Job = row.Text(),
        Media = row.Uuid(),
        Incoming = row.BlobId(),
        Device = row.Text(),
        Length = row.IntegerOrNull(),
        RawMetadata = row.Text(),
        LastByteAt = row.Span(),
        DurableOffset = row.Integer(),
        DeclaredSha512 = row.TextOrNull(),
        UnverifiedFrom = row.IntegerOrNull(),
        Concat = row.Text(),
        Generation = row.Integer(),
        Node = row.Text(),
    };
}

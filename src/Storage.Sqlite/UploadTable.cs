using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Rows of the table <c>uploads</c>.</summary>
internal static class UploadTable
{
    private const string Columns = """
        job, media, incoming, device, length, raw_metadata, last_byte_at, durable_offset, declared_sha512,
        unverified_from, concat
        """;

    private const string FindUpload = $"SELECT {Columns} FROM uploads WHERE job = $job AND media = $media";
    private const string ListOfJob = $"SELECT {Columns} FROM uploads WHERE job = $job";
    private const string ListUploads = $"SELECT {Columns} FROM uploads";
    private const string CountOfDevice =
        "SELECT count(*) FROM (SELECT 1 FROM uploads WHERE device = $device AND device <> '' AND concat <> 'partial' LIMIT $limit)";
    private const string RemoveUpload = "DELETE FROM uploads WHERE job = $job AND media = $media RETURNING concat";
    private const string RemoveUploadAt = "DELETE FROM uploads WHERE job = $job AND media = $media AND incoming = $incoming";

    private const string PutUpload = $"""
        REPLACE INTO uploads ({Columns})
        VALUES (
            $job, $media, $incoming, $device, $length, $raw_metadata, $last_byte_at, $durable_offset,
            $declared_sha512, $unverified_from, $concat)
        """;

    private const string SetLengthOnce = """
        UPDATE uploads SET length = coalesce(length, $length) WHERE job = $job AND media = $media
        RETURNING length
        """;

    private const string SetUnverified = """
        UPDATE uploads SET unverified_from = $from
        WHERE job = $job AND media = $media AND incoming = $incoming
        """;

    private const string SetOffset = """
        UPDATE uploads SET durable_offset = $offset, last_byte_at = $last_byte_at, unverified_from = NULL
        WHERE job = $job AND media = $media AND incoming = $incoming
        """;

    private const string SetLastByte = """
        UPDATE uploads SET last_byte_at = $last_byte_at
        WHERE job = $job AND media = $media AND incoming = $incoming
        """;

    public static UploadRow? Find(Session session, string job, Guid media) =>
        session.Query(FindUpload).Bind(job).Bind(media).One(Read);

    public static List<UploadRow> OfJob(Session session, string job) => session.Query(ListOfJob).Bind(job).All(Read);

    /// <summary>Those of a damaged file.</summary>
    public static List<UploadRow> Readable(Session session, string job) => session.Query(ListOfJob).Bind(job).Readable(Read);

    public static List<UploadRow> List(Session session, CancellationToken cancellation) =>
        session.Query(ListUploads).All(Read, cancellation);

    public static int Count(Session session, string device, int limit) =>
        session.Query(CountOfDevice).Bind(device).Bind(limit).One(row => row.Int());

    public static void Put(Session session, UploadRow upload)
    {
        session.Query(PutUpload)
            .Bind(upload.Job).Bind(upload.Media).Bind(upload.Incoming).Bind(upload.Device)
            .Bind(upload.Length).Bind(upload.RawMetadata).Bind(upload.LastByteAt).Bind(upload.DurableOffset)
            .BindOrNull(upload.DeclaredSha512).Bind(upload.UnverifiedFrom).Bind(upload.Concat).Run();
        AwaitedTable.Put(session, upload);
    }

    public static void Remove(Session session, string job, Guid media)
    {
        var concat = session.Query(RemoveUpload).Bind(job).Bind(media).One(row => row.TextOrNull());
        if (concat is { Length: > 0 })
            AwaitedTable.Remove(session, job, media);
    }

    public static bool Remove(Session session, string job, Guid media, BlobId incoming) =>
        session.Query(RemoveUploadAt).Bind(job).Bind(media).Bind(incoming).Run() > 0;

    /// <summary>Sets the length if there is none yet.</summary>
    /// <returns>The length that holds now; null if the upload is not open.</returns>
    public static long? SetLength(Session session, string job, Guid media, long length) =>
        session.Query(SetLengthOnce).Bind(length).Bind(job).Bind(media).One(row => row.IntegerOrNull());

    public static bool MarkUnverified(Session session, string job, Guid media, BlobId incoming, long? from) =>
        session.Query(SetUnverified).Bind(from).Bind(job).Bind(media).Bind(incoming).Run() > 0;

    public static bool RecordOffset(Session session, string job, Guid media, BlobId incoming, long offset, TimeSpan lastByteAt) =>
        session.Query(SetOffset).Bind(offset).Bind(lastByteAt).Bind(job).Bind(media).Bind(incoming).Run() > 0;

    public static bool RecordByte(Session session, string job, Guid media, BlobId incoming, TimeSpan lastByteAt) =>
        session.Query(SetLastByte).Bind(lastByteAt).Bind(job).Bind(media).Bind(incoming).Run() > 0;

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
    };
}

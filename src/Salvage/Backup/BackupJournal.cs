using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// Reads which bytes a copy of the journal's database names. No process writes to
/// the copy meanwhile.
/// </summary>
internal sealed class BackupJournal(string path) : IDisposable
{
    private const int Page = 256;

    private const string OffsetAt = "SELECT durable_offset FROM uploads WHERE incoming = $blob";
    private const string IsUploadAt = "SELECT 1 FROM uploads WHERE incoming = $blob LIMIT 1";

    // Of the media that share a content, SQLite takes the other columns from the row with the
    // highest value of max(): from a stored media, if there is one.
    private static readonly string s_list = $"""
        SELECT content, max(status = {(int)MediaStatus.Stored}), job, id, length, sha256 FROM media
        WHERE content > $after
        GROUP BY content ORDER BY content LIMIT $limit
        """;

    private static readonly string s_isStored = $"""
        SELECT 1 FROM media WHERE content = $content AND status = {(int)MediaStatus.Stored} LIMIT 1
        """;

    private readonly Session _session = UntouchedDatabase.Open(path);

    /// <summary>The bytes of all media, each content once.</summary>
    public IEnumerable<NamedBytes> Media()
    {
        for (var after = ""; List(after) is { Count: > 0 } page; after = page[^1].Content.ToString())
        {
            foreach (var named in page)
                yield return named;
        }
    }

    /// <summary>The open uploads.</summary>
    public IReadOnlyList<UploadRow> Uploads() => UploadTable.List(_session, CancellationToken.None);

    /// <summary>Whether an upload, partial or not, receives its bytes in a blob.</summary>
    public bool HasUploadAt(BlobId incoming) => _session.Query(IsUploadAt).Bind(incoming).One(row => row.Flag());

    /// <summary>How many bytes the upload of a blob has; 0 if there is no upload.</summary>
    public long Offset(BlobId incoming) => _session.Query(OffsetAt).Bind(incoming).One(row => row.Integer());

    /// <summary>Whether a media is stored in a blob.</summary>
    public bool IsStored(BlobId content) => _session.Query(s_isStored).Bind(content).One(row => row.Flag());

    /// <inheritdoc cref="IInventory.Needed"/>
    public IReadOnlySet<BlobId> Needed(IEnumerable<BlobId> blobs) => SqliteInventory.Needed(_session, blobs);

    /// <inheritdoc cref="IInventory.NeededIn"/>
    public IReadOnlySet<BlobId> NeededIn(Guid segment) =>
        SqliteInventory.NeededIn(_session, segment, CancellationToken.None);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private List<NamedBytes> List(string after) => _session.Query(s_list).Bind(after).Bind(Page).All(Read);

    // A row is read column by column, in the order of the query.
    private static NamedBytes Read(Row row) =>
        new(row.BlobId(), row.Flag(), row.Text(), row.Uuid(), row.IntegerOrNull() ?? 0, row.Sha256OrNull());
}

/// <summary>Bytes that a journal names.</summary>
/// <param name="Content">The blob that holds the bytes.</param>
/// <param name="IsStored">Whether a media counts on them. If not, they are damaged, and kept until
/// better ones come.</param>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The UUID of the media, or of one of the media that share the bytes.</param>
/// <param name="Length">How many bytes there should be.</param>
/// <param name="Sha256">The SHA-256 that the bytes should have.</param>
internal sealed record NamedBytes(
    BlobId Content, bool IsStored, string Job, Guid Media, long Length, Sha256Hash? Sha256);

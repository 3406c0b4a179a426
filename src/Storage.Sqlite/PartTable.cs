using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// The table <c>parts</c>: which joined blobs a blob is a part of. A row is not removed when the
/// joined blob is no longer needed. It is only a hint: a blob is needed only if an upload or a
/// media still names the joined blob.
/// </summary>
internal static class PartTable
{
    private const string PutPart = "INSERT OR IGNORE INTO parts (part, joined) VALUES ($part, $joined)";
    private const string ListJoined = "SELECT joined FROM parts WHERE part = $part";
    private const string IsPart = "SELECT 1 FROM parts WHERE part = $part AND joined = $joined";

    /// <summary>Writes the parts of the joined blobs of a media.</summary>
    public static void Put(Session session, Media media)
    {
        Put(session, media.Incoming);
        Put(session, media.Content);
    }

    /// <summary>The UUIDs of the joined blobs that a blob is or was a part of.</summary>
    public static List<Guid> Joined(Session session, BlobId part) =>
        session.Query(ListJoined).Bind(part).All(row => row.Uuid());

    /// <summary>Whether the table has all parts of the joined blobs of a media.</summary>
    public static bool HasAll(Session session, Media media) =>
        HasAll(session, media.Incoming) && HasAll(session, media.Content);

    private static void Put(Session session, BlobId? blob)
    {
        if (blob?.Kind != BlobKind.Joined)
            return;
        foreach (var part in blob.Parts)
            session.Query(PutPart).Bind(part).Bind(blob.Uuid).Run();
    }

    private static bool HasAll(Session session, BlobId? blob) => blob is null || blob.Parts.All(
        part => session.Query(IsPart).Bind(part).Bind(blob.Uuid).One(found => found.Flag()));
}

using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Rows of the table <c>parts</c>: which joined blobs a blob is part of. They stay when the joined
/// blob has had its use, as a deleted media's row does: a row is only a reason to look whether the
/// blob is still needed.
/// </summary>
internal static class PartTable
{
    private const string PutPart = "INSERT OR IGNORE INTO parts (part, joined) VALUES ($part, $joined)";
    private const string ListJoined = "SELECT joined FROM parts WHERE part = $part";
    private const string IsPart = "SELECT 1 FROM parts WHERE part = $part AND joined = $joined";

    public static void Put(Session session, Media media)
    {
        Put(session, media.Incoming);
        Put(session, media.Content);
    }

    /// <summary>The UUIDs of the joined blobs that this one is, or was, part of.</summary>
    public static List<Guid> Joined(Session session, BlobId part) =>
        session.Query(ListJoined).Bind(part).All(row => row.Uuid());

    /// <summary>Whether there is a row of each part that a media needs.</summary>
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

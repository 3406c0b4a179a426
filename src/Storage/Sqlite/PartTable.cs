using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Rows of the table <c>parts</c>: which joined places a place is part of. They stay when the joined place has had its use, as
/// a deleted media's row does: whoever finds one looks whether it is still needed.
/// </summary>
internal static class PartTable
{
    private const string PutPart = "INSERT OR IGNORE INTO parts (part, joined) VALUES ($part, $joined)";
    private const string ListJoined = "SELECT joined FROM parts WHERE part = $part";
    private const string IsPart = "SELECT 1 FROM parts WHERE part = $part AND joined = $joined";

    public static void Put(Session session, Media media)
    {
        foreach (var (part, joined) in PartsOf(media))
            session.Query(PutPart).Bind(part).Bind(joined).Run();
    }

    /// <summary>The prefixes of the places that this one is, or was, part of.</summary>
    public static List<string> Joined(Session session, string part) => session.Query(ListJoined).Bind(part).All(row => row.Text());

    /// <summary>Whether there is a row of each part that a media needs.</summary>
    public static bool HasAll(Session session, Media media) =>
        PartsOf(media).All(row => session.Query(IsPart).Bind(row.Part).Bind(row.Joined).One(found => found.Flag()));

    private static IEnumerable<(string Part, string Joined)> PartsOf(Media media) =>
        from place in new[] { media.Place, media.Location }
        let joined = JoinedPlace.TryParse(place)
        where joined is not null
        from part in joined.Parts
        select (part, joined.Prefix);
}

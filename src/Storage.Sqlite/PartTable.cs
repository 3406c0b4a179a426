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
        Put(session, media.Place);
        Put(session, media.Location);
    }

    /// <summary>The prefixes of the places that this one is, or was, part of.</summary>
    public static List<string> Joined(Session session, string part) => session.Query(ListJoined).Bind(part).All(row => row.Text());

    /// <summary>Whether there is a row of each part that a media needs.</summary>
    public static bool HasAll(Session session, Media media) =>
        HasAll(session, media.Place) && HasAll(session, media.Location);

    private static void Put(Session session, string place)
    {
        foreach (var part in Parts(place, out var joined))
            session.Query(PutPart).Bind(part).Bind(joined).Run();
    }

    private static bool HasAll(Session session, string place) =>
        Parts(place, out var joined).All(part => session.Query(IsPart).Bind(part).Bind(joined).One(found => found.Flag()));

    private static IReadOnlyList<string> Parts(string place, out string prefix)
    {
        var joined = JoinedPlace.TryParse(place);
        prefix = joined?.Prefix ?? "";
        return joined?.Parts ?? [];
    }
}

using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>What SQLite knows of bytes.</summary>
internal sealed class SqliteInventory(SqliteWriter writer, SqliteReaders readers) : IInventory
{
    private const string IsPlace = "SELECT 1 FROM uploads WHERE place = $place LIMIT 1";
    private const string IsLocation = "SELECT 1 FROM media WHERE location = $location AND location <> '' LIMIT 1";
    private const string ArePlaces = "SELECT 1 FROM uploads WHERE place >= $from AND place < $to LIMIT 1";
    private const string AreLocations = "SELECT 1 FROM media WHERE location >= $from AND location < $to AND location <> '' LIMIT 1";
    private const string LocationsBetween = "SELECT location FROM media WHERE location >= $from AND location < $to AND location <> ''";
    private const string SeeOrphan = """
        INSERT INTO orphans (place, found_at, seen_at) VALUES ($place, $now, $now)
        ON CONFLICT (place) DO UPDATE SET seen_at = $now
        RETURNING found_at
        """;

    private const string ForgetOld = "DELETE FROM orphans WHERE seen_at < $sweep";
    private const string FindMark = "SELECT location FROM scrub";
    private const string PutMark = "UPDATE scrub SET location = $location";

    // Each location once: of the media that share one, either one is stored and the others are duplicates, or all are damaged.
    private static readonly string s_list = $"""
        SELECT location, job, id, length, sha256, status <> {(int)MediaStatus.Stored} FROM media
        WHERE location > $after AND location <> ''
            AND (status = {(int)MediaStatus.Stored} OR (status = {(int)MediaStatus.Failed} AND failure_reason = {(int)FailureReason.Damaged}))
        GROUP BY location ORDER BY location LIMIT $limit
        """;

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> Needed(IReadOnlyCollection<string> places, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlySet<string>>(session => Needed(session, places), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlySet<string>> NeededIn(string prefix, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlySet<string>>(
            session => NeededIn(session, prefix, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<string> places, TimeSpan sweep) => writer.Write<IReadOnlyList<TimeSpan>>(
        session => [.. places.Select(place => session.Query(SeeOrphan).Bind(place).Bind(sweep).One(row => row.Span()))]);

    /// <inheritdoc/>
    public Task ForgetOrphans(TimeSpan sweep) => writer.Write(session => session.Query(ForgetOld).Bind(sweep).Run());

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptBytes>> List(string after, int limit, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<KeptBytes>>(
            session => session.Query(s_list).Bind(after).Bind(limit).All(Read, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<string> CheckedUntil(CancellationToken cancellation = default) =>
        readers.Read(session => session.Query(FindMark).One(row => row.Text())!, cancellation);

    /// <inheritdoc/>
    public Task SetCheckedUntil(string location) => writer.Write(session => session.Query(PutMark).Bind(location).Run());

    /// <summary>One moment for both tables: an upload that is completed leaves one and appears in the other.</summary>
    internal static HashSet<string> Needed(Session session, IEnumerable<string> places)
    {
        return [.. places.Where(place => IsNeeded(place) || PartTable.Joined(session, place).Any(IsNeededJoined))];

        bool IsNeeded(string place) => Is(session.Query(IsPlace).Bind(place)) || Is(session.Query(IsLocation).Bind(place));

        bool IsNeededJoined(string prefix) => Is(Between(ArePlaces, prefix)) || Is(Between(AreLocations, prefix));

        Statement Between(string query, string prefix) => session.Query(query).Bind(prefix).Bind(prefix + char.MaxValue);

        static bool Is(Statement found) => found.One(row => row.Flag());
    }

    internal static HashSet<string> NeededIn(Session session, string prefix, CancellationToken cancellation) =>
        [.. session.Query(LocationsBetween).Bind(prefix).Bind(prefix + char.MaxValue).All(row => row.Text(), cancellation)];

    private static KeptBytes Read(Row row) => new(row.Text(), row.Text(), row.Uuid(), row.Integer(), row.Sha256(), row.Flag());
}

using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>
/// Rows that follow from events and are no media's are checked and salvaged, whatever they mean. No
/// event of the server derives any yet, so a projection of these tests does: by device, the seq of
/// the last event about its media.
/// </summary>
public sealed class DerivedRowTests(LivedFolders folders) : IClassFixture<LivedFolders>
{
    private const string Changed = "the derived row last phone-3 is not what follows from its events";

    private static readonly Dictionary<SubjectKind, IProjection> s_projections =
        new() { [SubjectKind.Media] = new LastByDevice() };

    [Fact]
    public void Rows_that_follow_from_events_are_whole()
    {
        using var folder = Folder();

        Assert.Empty(Check(folder));
    }

    [Theory]
    [InlineData("UPDATE derived SET value = x'07' WHERE key = 'phone-3'", Changed)]
    [InlineData("DELETE FROM derived WHERE key = 'phone-3'", Changed)]
    [InlineData("UPDATE derived SET kind = 'first' WHERE key = 'phone-3'", Changed,
        "there is a derived row first phone-3, and no event")]
    public void A_row_that_changed_is_named(string sql, params string[] damage)
    {
        using var folder = Folder();
        folder.Execute(sql);

        Assert.Equal(damage, Check(folder));
    }

    [Fact]
    public void Salvage_makes_the_rows_anew_from_the_events()
    {
        using var folder = Folder();
        folder.Execute("UPDATE derived SET value = x'07'; DELETE FROM derived WHERE key = 'phone-3'");
        using var found = FoundRows.Of(folder.Database);

        var append = new JobSalvage(new Job(LivedFolder.Roof, s_projections), found, _ => true).Run();

        Assert.Equal(Texts(Replay(folder)), Texts(append.Derived));
        Assert.Contains("phone-3 05", Texts(append.Derived));
    }

    /// <summary>A job with its derived rows.</summary>
    private LivedFolder Folder()
    {
        var folder = folders.Closed();
        foreach (var row in Replay(folder))
        {
            folder.Execute(
                $"INSERT INTO derived VALUES ('{LivedFolder.Roof}', '{row.Kind}', '{row.Key}', x'{Hex(row)}')");
        }
        return folder;
    }

    private static List<DerivedRow> Replay(LivedFolder folder)
    {
        using var session = UntouchedDatabase.Open(folder.Database);
        var job = new Job(LivedFolder.Roof, s_projections);
        foreach (var stored in JournalTable.Each(session, LivedFolder.Roof))
            job.Apply(JobEvent.Decode(stored.Row));
        return [.. job.Derived];
    }

    private static IReadOnlyList<string> Check(LivedFolder folder)
    {
        using var session = UntouchedDatabase.Open(folder.Database);
        return new JobCheck(session, new Job(LivedFolder.Roof, s_projections), _ => { }).Run();
    }

    private static List<string> Texts(IEnumerable<DerivedRow> rows) =>
        [.. rows.Select(row => $"{row.Key} {Hex(row)}").Order(StringComparer.Ordinal)];

    private static string Hex(DerivedRow row) => Convert.ToHexString(row.Value!.Value.Span);

    private sealed class LastByDevice : IProjection
    {
        private readonly MediaProjection _media = new();

        public bool CanApply(Job job, JobEvent jobEvent) => _media.CanApply(job, jobEvent);

        public JobChanges Apply(Job job, JobEvent jobEvent)
        {
            var changes = _media.Apply(job, jobEvent);
            var row = new DerivedRow("last", changes.Media[0].Device, new[] { (byte)jobEvent.At.Seq });
            return changes with { Derived = [row] };
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Damage;

/// <summary>
/// A server does not go on with a damaged database, and docs/salvage.md tells
/// how to bring back what is left.
/// </summary>
public sealed partial class DamagedDatabaseTests(CrashedServer crashed) : IClassFixture<CrashedServer>
{
    private const string Early = CrashedServer.Early;
    private const string Late = CrashedServer.Late;
    private const int Damaged = 2; // its events are 5 and 6

    [Fact]
    public async Task A_server_that_finds_damage_after_a_crash_says_where_and_touches_nothing()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);
        ChangeEvents(server);
        var before = Fingerprint(server.DataDir);

        var said = await server.MustNotStart();

        Assert.Matches(
            @"/ingest\.db is damaged: job early: event 5 is not what was stored; "
                + @"job early: event 6 is not what was stored\. .*docs/salvage\.md\.$",
            said);
        Assert.Equal(before, Fingerprint(server.DataDir));
        var (code, listed) = await server.Shell("./run check --Ingest:DataDir=data");
        Assert.Equal(1, code);
        Assert.Contains("job early: event 5 is not what was stored", listed, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint(server.DataDir));
    }

    [Fact]
    public async Task A_server_that_finds_nothing_after_a_crash_says_that_it_looked()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);

        await server.Restart();

        Assert.Contains("did not stop properly", server.Log, StringComparison.Ordinal);
        await MustHaveEverything(server);
    }

    [Fact]
    public async Task A_log_that_was_deleted_is_missed()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);
        File.Delete(Path.Combine(server.DataDir, "ingest.db-wal"));
        var before = Fingerprint(server.DataDir);

        Assert.Contains("ingest.db-wal is missing", await server.MustNotStart(), StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint(server.DataDir));
    }

    [Fact]
    public async Task What_the_documentation_says_brings_everything_back()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);
        ChangeEvents(server);
        var before = Fingerprint(server.DataDir);
        var lines = Documented().ToList();
        Assert.Equal(
            ["./run check", "./run salvage", "mv data damaged", "mv salvaged data", "./run"],
            lines.Select(line => line.Split(" --")[0]));

        Assert.Equal(1, (await server.Shell(lines[0])).Code);
        var (code, said) = await server.Shell(lines[1]);
        Assert.True(code == 0, said);
        Assert.Contains("job early: event 5 was lost, and is told again", said, StringComparison.Ordinal);
        Assert.Equal(before, Fingerprint(server.DataDir));
        Assert.Equal(0, (await server.Shell(lines[2])).Code);
        Assert.Equal(0, (await server.Shell(lines[3])).Code);
        await server.Restart();

        await MustHaveEverything(server);
        server.MustHaveACleanLog();
    }

    [Fact]
    public async Task A_damaged_event_stops_nobody_but_the_watchers_of_its_job()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);
        await server.Restart();
        await server.Stop();
        ChangeEvents(server);
        await server.Restart();

        await using var watcher = await FeedWatcher.Start(server, Early);
        await watcher.Sees("that the history is damaged", e => e.Job == Early && e.HistoryDamaged?.Seq == 5);
        Assert.Equal([1, 2, 3, 4], watcher.Events.Select(e => e.Seq));
        Assert.Equal(
            ["upload_started", "media_stored", "upload_started", "media_stored", "history_damaged"],
            await NamesOverHttp(server, Early, 5));
        await using var other = await FeedWatcher.Start(server, Late);
        await other.Sees("the last event", e => e.Seq == 3);
        await MustHaveAllBytes(server);
        await Upload.Head(Early, crashed.Stored[Damaged].Media, 5000, 5000).Run(server);
        await Upload.CreateWith(Early, Fresh.Media(), [1, 2, 3], 3).Run(server);
        Assert.Contains(
            "Event 5 of job early is damaged",
            Assert.Single(server.Log.Split('\n'), line => line.Contains(" fail: ", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_states_of_grains_are_moved_away()
    {
        await using var server = await IngestServer.CreateAfter(crashed.Server);
        await server.Restart();
        await server.Stop();
        var file = Path.Combine(server.DataDir, "grains.db");
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(4096, 4096).Clear();
        File.WriteAllBytes(file, bytes);
        var before = Fingerprint(server.DataDir);

        Assert.Matches(
            @"/grains\.db is damaged .*: move it away, and devices will report their queues again\.$",
            await server.MustNotStart());
        Assert.Equal(before, Fingerprint(server.DataDir));
        File.Delete(file);
        await server.Restart();
        await MustHaveEverything(server);
    }

    [Fact]
    public async Task Commands_that_cannot_be_meant_are_refused()
    {
        await using var server = await IngestServer.Start();

        await Refused("./run salvage --Ingest:DataDir=data --into .", "is not empty");
        await Refused("./run salvage --Ingest:DataDir=data --into data/new", "is inside");
        await Refused("./run salvage --Ingest:DataDir=data --into new", "is in use by another process");
        await Refused("./run check --Ingest:DataDir=nowhere", "There is no folder");

        async Task Refused(string command, string sentence)
        {
            var (code, said) = await server.Shell(command);
            Assert.Equal(2, code);
            Assert.Contains(sentence, said, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Changes one letter of a file name wherever the database file has it: in two events, and
    /// in what is left of old pages.
    /// </summary>
    private static void ChangeEvents(IngestServer server)
    {
        var path = Path.Combine(server.DataDir, "ingest.db");
        var inEvents = $"\u000A\u00AC\u0002{CrashedServer.Filename(Damaged)}"; // as protobuf has it, and no other table
        var bytes = File.ReadAllText(path, Encoding.Latin1);
        Assert.Contains(inEvents, bytes, StringComparison.Ordinal);
        File.WriteAllText(
            path, bytes.Replace(inEvents, inEvents[..^1] + 'y', StringComparison.Ordinal), Encoding.Latin1);
    }

    private async Task MustHaveEverything(IngestServer server)
    {
        await MustHaveAllBytes(server);
        await Upload.Head(Late, crashed.Open, 3, 5).Run(server);
        await Upload.Patch(Late, crashed.Open, 3, [4, 5]).Run(server);
        Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(Late, crashed.Open).Run(server)).Body);
        await using var watcher = await FeedWatcher.Start(server, Early);
        await watcher.Sees("the last event", e => e.Seq == 24);
        Assert.Equal(Enumerable.Range(1, 24).Select(seq => (long)seq), watcher.Events.Select(e => e.Seq));
        Assert.Equal(
            crashed.Stored.Where(s => s.Job == Early).Select(s => s.Media.ToString()),
            watcher.Events.Where(e => e.MediaStored is not null).Select(e => e.Media));
    }

    private async Task MustHaveAllBytes(IngestServer server)
    {
        foreach (var (job, media, bytes) in crashed.Stored)
            Assert.Equal(bytes, (await Upload.Download(job, media).Run(server)).Body);
    }

    /// <summary>The names of the first server-sent events.</summary>
    private static async Task<List<string>> NamesOverHttp(IngestServer server, string job, int count)
    {
        await using var body = await server.Client.GetStreamAsync($"/jobs/{job}/activity");
        return await Eventually.Comes(
            $"{count} events", ServerSentEvents.Read(body).Take(count).Select(e => e.EventType).ToListAsync().AsTask());
    }

    /// <summary>
    /// The commands in docs/salvage.md, without the last one, which is about another file.
    /// </summary>
    private static IEnumerable<string> Documented() => File.ReadLines(Path.Combine(Paths.Docs, "salvage.md"))
        .Where(line => Typed().IsMatch(line)).Select(line => line.Trim()).SkipLast(1);

    [GeneratedRegex("^ {4,}[^ ]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Typed();

    private static IReadOnlyList<string> Fingerprint(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(file => Path.GetFileName(file) != "control.sock") // nothing to read
            .Select(file => (Path: file, Hash: SHA256.HashData(File.ReadAllBytes(file))))
            .Select(file => $"{file.Path} {File.GetLastWriteTimeUtc(file.Path):O} {Convert.ToHexString(file.Hash)}"),
    ];
}

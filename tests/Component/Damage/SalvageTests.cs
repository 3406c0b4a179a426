using System.Text;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>
/// The new folder has what can be proved, a message names what cannot, and the
/// damaged folder stays as it is.
/// </summary>
public sealed class SalvageTests(LivedFolders folders) : IClassFixture<LivedFolders>
{

    private readonly List<string> _said = [];

    [Fact]
    public async Task What_is_whole_comes_through_byte_for_byte()
    {
        using var folder = folders.Unclosed();
        using var salvaged = await Salvage(folder);

        Assert.Equal(Events(folder, LivedFolder.Roof), Events(salvaged, LivedFolder.Roof));
        Assert.Equal(Events(folder, LivedFolder.Cellar), Events(salvaged, LivedFolder.Cellar));
        MustBeTheSame(folder, salvaged);
        Assert.Equal(["6 files of bytes linked, 1 copied"], _said);
    }

    [Theory]
    [InlineData("jobs SET head = 3, stored = 77")]
    [InlineData("media SET sha256 = zeroblob(32), content = NULL, status = 2, device = 'somebody'")]
    [InlineData("media SET id = x'00' WHERE first_seq = 1")]
    [InlineData("media SET job = 'loft', last_seq = 1099511627776 WHERE job = 'roof-7'")]
    [InlineData("uploads SET job = 'loft'")]
    public async Task Rows_that_follow_from_events_are_made_anew(string update)
    {
        using var folder = folders.Closed();
        folder.Execute($"UPDATE {update}");
        using var salvaged = await Salvage(folder);

        Assert.Equal(Events(folder, LivedFolder.Roof), Events(salvaged, LivedFolder.Roof));
        MustBeTheSame(folder, salvaged);
    }

    [Theory]
    [InlineData(1, 2, 3, 4, 5)]
    [InlineData(6, 7, 10, 11, 13)]
    [InlineData(14, 15, 17, 18, 19)]
    public async Task An_event_that_changed_is_told_again_by_its_media(params int[] events)
    {
        foreach (var seq in events)
        {
            using var folder = folders.Closed();
            folder.Execute($"UPDATE journal SET event = zeroblob(9) WHERE job = 'roof-7' AND seq = {seq}");
            using var salvaged = await Salvage(folder);

            Assert.Contains(
                $"job roof-7: event {seq} was lost, and is told again from what is known of its media",
                _said);
            var (before, after) = (Events(folder, LivedFolder.Roof), Events(salvaged, LivedFolder.Roof));
            Assert.Equal(before.Where((_, i) => i != seq - 1), after.Where((_, i) => i != seq - 1));
            MustBeTheSame(folder, salvaged);
        }
    }

    /// <summary>
    /// A media's row witnesses how its upload started, and the last event about it.
    /// </summary>
    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    [InlineData(16)]
    public async Task An_event_in_the_middle_of_a_life_is_lost_and_the_media_is_not(int seq)
    {
        using var folder = folders.Closed();
        folder.Execute($"UPDATE journal SET event = zeroblob(9) WHERE job = 'roof-7' AND seq = {seq}");
        using var salvaged = await Salvage(folder);

        Assert.Contains($"job roof-7: event {seq} is lost", _said);
        MustBeAsSafe(folder, salvaged);
    }

    [Theory]
    [InlineData("seq > 10")]
    [InlineData("seq < 10")]
    [InlineData("seq % 2 = 0")]
    [InlineData("seq % 2 = 1")]
    [InlineData("seq > 0")]
    public async Task Media_are_told_by_their_rows_alone_if_need_be(string lost)
    {
        using var folder = folders.Closed();
        folder.Execute($"DELETE FROM journal WHERE job = 'roof-7' AND {lost}");
        using var salvaged = await Salvage(folder);

        MustBeAsSafe(folder, salvaged);
    }

    [Fact]
    public async Task Of_several_versions_of_a_row_that_lie_about_the_newest_counts()
    {
        using var folder = folders.Closed();
        folder.Execute("DELETE FROM journal WHERE job = 'roof-7'");
        using var older = folder.Copy();
        older.Execute(
            """
            UPDATE media SET status = 1, incoming = content, last_seq = started_seq
            WHERE status IN (2, 3) AND job = 'roof-7'
            """);
        File.AppendAllBytes(folder.Database, File.ReadAllBytes(older.Database)); // as pages that are not used any more
        using var salvaged = await Salvage(folder);

        MustBeAsSafe(folder, salvaged);
    }

    [Fact]
    public async Task A_key_that_changed_does_not_hide_what_lies_behind_it()
    {
        using var folder = folders.Closed();
        ChangeKey(folder, "roof-7\u0003", "soof-7\u0003");
        Assert.False(folder.Check().IsWhole);
        using var salvaged = await Salvage(folder);

        Assert.Equal(19, Events(salvaged, LivedFolder.Roof).Count);
        MustBeAsSafe(folder, salvaged);
    }

    /// <summary>A row is a record, which says by itself where it ends.</summary>
    [Fact]
    public async Task A_length_that_changed_does_not_cost_its_row()
    {
        using var folder = folders.Closed();
        var before = Events(folder, LivedFolder.Roof);
        ChangeLength(folder, "roof-7\u0003"u8);
        Assert.False(folder.Check().IsWhole);
        using var salvaged = await Salvage(folder);

        Assert.Equal(before, Events(salvaged, LivedFolder.Roof));
    }

    [Fact]
    public async Task Bytes_that_nobody_can_prove_are_damaged_and_not_stored()
    {
        using var folder = folders.Closed();
        folder.Execute("DELETE FROM journal WHERE job = 'roof-7' AND seq IN (2, 19)");
        File.Delete(folder.FileOf(LivedFolder.Roof, 1));
        File.AppendAllText(folder.FileOf(LivedFolder.Roof, 9), "more");
        using var salvaged = await Salvage(folder);

        foreach (var media in new[] { 1, 9 })
            Assert.Equal(FailureReason.Damaged, Media(salvaged)[LivedFolder.Media(media)].Failure!.Reason);
        Assert.True(File.Exists(salvaged.FileOf(LivedFolder.Roof, 9)));
    }

    [Fact]
    public async Task Missing_bytes_and_files_without_a_media_are_listed()
    {
        using var folder = folders.Closed();
        folder.Execute("DELETE FROM journal WHERE job = 'cellar'; DELETE FROM media WHERE job = 'cellar'");
        File.Delete(folder.FileOf(LivedFolder.Roof, 9));
        using var salvaged = await Salvage(folder);

        Assert.Contains(_said, line =>
            line.Contains($"job roof-7: the bytes of media {LivedFolder.Media(9)}", StringComparison.Ordinal));
        Assert.Contains(_said, line => line.Contains(folder.FileOf(LivedFolder.Cellar, 2), StringComparison.Ordinal));
        Assert.Contains("job cellar: events 1 to 4 are lost", _said);
        Assert.False(File.Exists(salvaged.FileOf(LivedFolder.Cellar, 2)));
    }

    [Fact]
    public async Task An_event_that_nothing_tells_again_is_named_and_those_behind_it_get_other_numbers()
    {
        using var folder = folders.Closed();
        folder.Execute(
            """
            DELETE FROM journal WHERE job = 'roof-7' AND seq = 4;
            DELETE FROM media WHERE job = 'roof-7' AND first_seq = 3
            """);
        using var salvaged = await Salvage(folder);

        Assert.Equal(
            [
                "job roof-7: event 4 is lost",
                "job roof-7: from event 5 on the numbers are others: dashboards of this job must begin anew"
            ],
            _said[..2]);
        Assert.Equal(18, Events(salvaged, LivedFolder.Roof).Count);
        Assert.Equal(MediaStatus.Open, Media(salvaged)[LivedFolder.Media(2)].Status);
    }

    [Fact]
    public async Task An_upload_whose_row_is_lost_begins_again()
    {
        using var folder = folders.Closed();
        folder.Execute("DELETE FROM uploads");
        using var salvaged = await Salvage(folder);

        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = salvaged.Path });
        var upload = await storage.Uploads.Find(LivedFolder.Roof, LivedFolder.Media(3));
        Assert.Equal(
            (0, LivedFolder.RawMetadata(3), TimeSpan.Zero),
            (upload!.DurableOffset, upload.RawMetadata, upload.LastByteAt));
    }

    [Fact]
    public async Task What_follows_from_a_media_is_to_be_done_again()
    {
        using var folder = folders.Closed();
        using var salvaged = await Salvage(folder);

        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = salvaged.Path });
        Assert.Equal(
            5,
            (await storage.Work.Lease(WorkKinds.Process, 100, LivedFolder.Morning, LivedFolder.Morning)).Count);
    }

    [Fact]
    public async Task A_derived_row_that_no_event_made_stays_behind()
    {
        using var folder = folders.Closed();
        folder.Execute(
            "INSERT INTO derived VALUES ('roof-7', 'session', 'view-1', x'01'), ('loft', 'session', 'view-1', x'01')");
        using var salvaged = await Salvage(folder);

        using var session = UntouchedDatabase.Open(salvaged.Database);
        Assert.Empty(DerivedTable.List(session, LivedFolder.Roof));
        Assert.DoesNotContain("loft", JobTable.Names(session));
    }

    [Fact]
    public async Task Whatever_is_damaged_the_new_folder_is_whole()
    {
        var random = new Random(7);
        for (var i = 0; i < 30; i++)
        {
            using var folder = folders.Closed();
            folder.Execute($"""
                DELETE FROM journal WHERE seq % {random.Next(2, 9)} = {random.Next(4)};
                UPDATE journal SET crc = 0 WHERE seq % {random.Next(2, 9)} = {random.Next(4)};
                DELETE FROM media WHERE last_seq % {random.Next(2, 9)} = {random.Next(4)};
                UPDATE media SET {Nonsense(random)} WHERE last_seq % {random.Next(2, 9)} = {random.Next(4)};
                DELETE FROM jobs WHERE head % {random.Next(2, 9)} = 0;
                """);
            using var salvaged = await Salvage(folder);
        }
    }

    [Fact]
    public async Task A_page_that_is_zero_costs_no_media()
    {
        using var whole = folders.Closed();
        for (var page = 0; page < new FileInfo(whole.Database).Length / 4096; page++)
        {
            using var folder = whole.Copy();
            LivedFolder.Write(folder.Database, page * 4096, new byte[4096]);
            using var salvaged = await Salvage(folder);
            MustBeAsSafe(folder, salvaged);
        }
    }

    [Fact]
    public async Task A_file_without_its_beginning_or_its_end_is_read_as_far_as_it_goes()
    {
        using var folder = folders.Closed();
        File.WriteAllBytes(folder.Database, File.ReadAllBytes(folder.Database)[..^100]);
        LivedFolder.Write(folder.Database, 0, new byte[4096]);
        using var salvaged = await Salvage(folder);

        MustBeAsSafe(folder, salvaged);
    }

    [Fact]
    public async Task A_log_alone_is_enough_if_all_is_in_it()
    {
        using var folder = folders.Unclosed();
        File.Delete(folder.Database);
        using var salvaged = await Salvage(folder);

        Assert.Equal(19, Events(salvaged, LivedFolder.Roof).Count);
        MustBeTheSame(folder, salvaged);
    }

    [Fact]
    public async Task What_lies_behind_the_damaged_place_of_a_log_is_found()
    {
        using var whole = folders.Unclosed();
        var frames = new FileInfo(whole.Log).Length / (24 + 4096);
        for (var frame = 0; frame < frames; frame += 3)
        {
            using var folder = whole.Copy();
            LivedFolder.Write(folder.Log, 32 + (frame * (24 + 4096)) + 24, new byte[4096]);
            using var salvaged = await Salvage(folder);
            MustBeAsSafe(folder, salvaged);
        }
    }

    [Fact]
    public async Task A_file_of_another_version_is_left_to_that_one()
    {
        using var folder = folders.Closed();
        folder.Execute("PRAGMA user_version = 1000");

        await Assert.ThrowsAsync<StorageException>(() => Salvage(folder));
    }

    [Fact]
    public async Task Where_nothing_is_found_there_is_no_new_folder_that_looks_whole()
    {
        using var folder = folders.Closed();
        File.WriteAllBytes(folder.Database, new byte[100_000]);
        using var salvaged = folder.Empty();

        await Assert.ThrowsAsync<StorageException>(() => DataSalvage.Run(folder.Path, salvaged.Path, _said.Add));
        Assert.False(File.Exists(salvaged.Database));
    }

    [Fact]
    public async Task What_else_is_in_the_folder_comes_along()
    {
        using var folder = folders.Closed();
        File.WriteAllText(Path.Combine(folder.Path, "receipt-key.pem"), "a key");
        using var salvaged = await Salvage(folder);

        Assert.Equal("a key", File.ReadAllText(Path.Combine(salvaged.Path, "receipt-key.pem")));
    }

    /// <summary>
    /// Salvages, and sees to it that the new folder is whole and the old one untouched.
    /// </summary>
    private async Task<LivedFolder> Salvage(LivedFolder folder)
    {
        var before = folder.Fingerprint();
        var salvaged = folder.Empty();
        await DataSalvage.Run(folder.Path, salvaged.Path, _said.Add);
        Assert.Equal(before, folder.Fingerprint());
        Assert.Empty(salvaged.Check().Damage);
        return salvaged;
    }

    private static void MustBeAsSafe(LivedFolder folder, LivedFolder salvaged)
    {
        var after = Media(salvaged);
        foreach (var media in folder.MediaOf(LivedFolder.Roof))
        {
            Assert.Equal(
                (media.Status, media.Sha256, media.Content, media.Description),
                (after[media.Id].Status, after[media.Id].Sha256, after[media.Id].Content, after[media.Id].Description));
        }
    }

    private static void MustBeTheSame(LivedFolder folder, LivedFolder salvaged) =>
        Assert.Equal(folder.MediaOf(LivedFolder.Roof).ToDictionary(media => media.Id), Media(salvaged));

    private static Dictionary<Guid, Media> Media(LivedFolder folder)
    {
        using var session = UntouchedDatabase.Open(folder.Database);
        return MediaTable.List(session, LivedFolder.Roof, CancellationToken.None).ToDictionary(media => media.Id);
    }

    private static List<string> Events(LivedFolder folder, string job)
    {
        using var session = UntouchedDatabase.Open(folder.Database);
        return [.. JournalTable.Each(session, job).Select(e =>
            $"{e.Seq} {Convert.ToHexString(e.Row.Event.Bytes.Span)} {Convert.ToHexString(e.Row.Private.Span)}")];
    }

    /// <summary>Changes the key of a row where it lies, so that it is out of order.</summary>
    private static void ChangeKey(LivedFolder folder, string from, string to)
    {
        var bytes = File.ReadAllText(folder.Database, Encoding.Latin1).Replace(from, to, StringComparison.Ordinal);
        File.WriteAllText(folder.Database, bytes, Encoding.Latin1);
    }

    /// <summary>Makes the cell of a row say that most of the row is in other pages.</summary>
    private static void ChangeLength(LivedFolder folder, ReadOnlySpan<byte> key)
    {
        var bytes = File.ReadAllBytes(folder.Database);
        for (int at = 0, found; (found = bytes.AsSpan(at).IndexOf(key)) >= 0; at += found + 1)
        {
            var (values, header) = (at + found, 1);
            while (bytes[values - header] != header)
                header++; // the record's header begins with its size
            bytes[values - header - 2] |= 0x3F; // the first of the two bytes of the length
        }
        File.WriteAllBytes(folder.Database, bytes);
    }

    private static string Nonsense(Random random)
    {
        string[] all =
        [
            "status = 1", "status = 2", "status = 4", "status = 5", "status = 77", "sha256 = NULL",
            "sha256 = zeroblob(32)", "sha256 = x'01'", "content = NULL", "content = ''",
            "content = '../../lock'", "content = content || '-00000001-00000001'",
            "incoming = NULL", "incoming = 'nowhere'", "length = NULL",
            "length = -1", "declared_sha256 = zeroblob(32)", "duplicate_of = x'01'",
            "last_seq = 0", "last_seq = 1099511627776", "started_seq = 0",
            "started_seq = -5", "failure_reason = 4", "changed_at = -1",
        ];
        return all[random.Next(all.Length)];
    }
}

using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>Whatever is not what was written is found, and named.</summary>
public sealed class DatabaseCheckTests(LivedFolders folders) : IClassFixture<LivedFolders>
{
    [Fact]
    public void What_was_closed_is_whole()
    {
        using var folder = folders.Closed();

        var report = folder.Check();

        Assert.Empty(report.Damage);
        Assert.Equal((2, 23), (report.Jobs, report.Events));
    }

    [Fact]
    public void What_a_killed_process_left_is_whole()
    {
        using var folder = folders.Unclosed();

        Assert.Empty(folder.Check().Damage);
    }

    [Theory]
    [InlineData("journal SET job = 'loft' WHERE job = 'roof-7' AND seq = 3", "job roof-7: event 3 is missing")]
    [InlineData(
        "journal SET job = 'loft' WHERE job = 'roof-7' AND seq = 3",
        "job loft: event 3 is not what was stored")]
    [InlineData("journal SET seq = 300 WHERE job = 'roof-7' AND seq = 3", "job roof-7: event 3 is missing")]
    [InlineData(
        "journal SET event = CAST(event || x'00' AS BLOB) WHERE job = 'roof-7' AND seq = 3",
        "job roof-7: event 3 is not what was stored")]
    [InlineData(
        "journal SET private = event WHERE job = 'roof-7' AND seq = 3",
        "job roof-7: event 3 is not what was stored")]
    [InlineData(
        "journal SET private = CAST(substr(event, -1) || private AS BLOB), "
            + "event = substr(event, 1, length(event) - 1) WHERE job = 'roof-7' AND seq = 3",
        "job roof-7: event 3 is not what was stored")]
    [InlineData(
        "journal SET crc = crc + 1 WHERE job = 'roof-7' AND seq = 3",
        "job roof-7: event 3 is not what was stored")]
    [InlineData("jobs SET job = 'loft' WHERE job = 'roof-7'", "job roof-7: it is not in the table jobs")]
    [InlineData("jobs SET head = 21 WHERE job = 'roof-7'", "job roof-7: events 20 to 21 are missing")]
    [InlineData(
        "jobs SET head = 18 WHERE job = 'roof-7'",
        "job roof-7: its row in the table jobs is not what follows from its events")]
    [InlineData(
        "jobs SET stored_bytes = 1 WHERE job = 'roof-7'",
        "job roof-7: its row in the table jobs is not what follows from its events")]
    [InlineData("jobs SET last_event_at = -1 WHERE job = 'roof-7'", "job roof-7: some of its rows cannot be read")]
    [InlineData(
        "media SET sha256 = zeroblob(32) WHERE job = 'roof-7' AND first_seq = 1",
        "job roof-7: the row of media 00000001-0000-7000-8000-000000000001 is not what follows from its events")]
    [InlineData(
        "media SET sha256 = x'00' WHERE job = 'roof-7' AND first_seq = 1",
        "job roof-7: the row of media 00000001-0000-7000-8000-000000000001 is not what follows from its events")]
    [InlineData(
        "media SET content = NULL WHERE job = 'roof-7' AND first_seq = 1",
        "job roof-7: the row of media 00000001-0000-7000-8000-000000000001 is not what follows from its events")]
    [InlineData(
        "media SET content = 'nowhere' WHERE job = 'roof-7' AND first_seq = 1",
        "job roof-7: the row of media 00000001-0000-7000-8000-000000000001 is not what follows from its events")]
    [InlineData(
        "media SET status = 77 WHERE job = 'roof-7' AND first_seq = 1",
        "job roof-7: the row of media 00000001-0000-7000-8000-000000000001 is not what follows from its events")]
    [InlineData(
        "media SET job = 'cellar' WHERE job = 'roof-7' AND first_seq = 5",
        "job cellar: there is a row of media 00000003-0000-7000-8000-000000000003, and no event")]
    [InlineData(
        "uploads SET incoming = '' WHERE job = 'roof-7'",
        "job roof-7: the row of upload 00000003-0000-7000-8000-000000000003 is not what follows from its events")]
    [InlineData(
        "uploads SET job = 'cellar'",
        "job cellar: there is a row of upload 00000003-0000-7000-8000-000000000003, which is not open")]
    public void A_value_that_changed_is_named(string update, string damage)
    {
        using var folder = folders.Closed();
        folder.Execute($"UPDATE {update}");

        Assert.Contains(damage, folder.Check().Damage);
    }

    [Theory]
    [InlineData(LivedFolder.Roof)]
    [InlineData("loft")]
    public void A_derived_row_that_no_event_made_is_named(string job)
    {
        using var folder = folders.Closed();
        folder.Execute($"INSERT INTO derived VALUES ('{job}', 'session', 'view-1', x'01')");

        Assert.Contains($"job {job}: there is a derived row session view-1, and no event", folder.Check().Damage);
    }

    [Fact]
    public void Jobs_that_are_whole_are_not_named()
    {
        using var folder = folders.Closed();
        folder.Execute("UPDATE journal SET crc = 0 WHERE job = 'roof-7'");

        Assert.Equal(
            19,
            folder.Check().Damage.Count(damage => damage.StartsWith("job roof-7: ", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            folder.Check().Damage,
            damage => damage.Contains(LivedFolder.Cellar, StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_events_are_named()
    {
        using var folder = folders.Closed();
        folder.Execute("DELETE FROM journal WHERE job = 'roof-7' AND (seq < 3 OR seq = 7 OR seq > 17)");

        Assert.Equal(
            [
                "job roof-7: events 1 to 2 are missing", "job roof-7: event 7 is missing",
                "job roof-7: events 18 to 19 are missing"
            ],
            folder.Check().Damage);
    }

    /// <summary>Bytes that the index does not name would be swept.</summary>
    [Fact]
    public void An_index_that_misses_a_media_is_damage()
    {
        using var folder = folders.Closed();
        Redefine(folder, from: "content IS NOT NULL", to: "content IS NOT NULL AND length < 0");
        folder.Execute("REINDEX media_by_content");
        Redefine(folder, from: " AND length < 0", to: "");

        Assert.Contains(folder.Check().Damage, damage => damage.Contains("media_by_content", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_another_version_made_is_not_judged()
    {
        using var folder = folders.Closed();
        folder.Execute("PRAGMA user_version = 1000");

        Assert.Contains(
            "another version", Assert.Throws<StorageException>(() => folder.Check()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_a_newer_version_wrote_to_is_not_judged()
    {
        using var folder = folders.Closed();
        folder.Execute("UPDATE jobs SET format = 1000, head = 5");

        Assert.Empty(folder.Check().Damage);
    }

    [Fact]
    public void After_a_proper_end_a_start_does_not_read_everything()
    {
        using var folder = folders.Closed();
        folder.Execute("UPDATE journal SET crc = 0");

        Assert.Empty(folder.CheckAsAtStart(_ => Assert.Fail("It was closed.")).Damage);
    }

    [Fact]
    public void After_another_end_a_start_reads_everything()
    {
        using var folder = folders.Unclosed();
        Assert.Empty(folder.CheckAsAtStart().Damage);
        Assert.Equal(23, folder.CheckAsAtStart().Events);
        // Closing moves the log into the file.
        folder.Execute("UPDATE journal SET crc = 0 WHERE job = 'roof-7' AND seq = 3; INSERT INTO running VALUES (2)");

        Assert.Contains("job roof-7: event 3 is not what was stored", folder.CheckAsAtStart().Damage);
    }

    [Fact]
    public void What_reads_everything_tells_how_far_it_is()
    {
        using var folder = folders.Unclosed();
        var told = new List<CheckProgress>();

        folder.CheckAsAtStart(told.Add);

        Assert.Equal(new CheckProgress(0, 0), told[0]);
        Assert.Equal(new CheckProgress(23, 23), told[^1]);
        Assert.Equal(told.OrderBy(progress => progress.Events), told);
    }

    /// <summary>
    /// Opening the file moves the log into it and deletes the log, before the
    /// first writer begins another.
    /// </summary>
    [Fact]
    public void A_process_that_is_killed_while_it_opens_the_file_leaves_nothing_that_looks_lost()
    {
        using var folder = folders.Unclosed();

        _ = new SqliteDatabase(folder.Path, Durability.Disk);

        Assert.False(File.Exists(folder.Log));
        Assert.Empty(folder.CheckAsAtStart(_ => Assert.Fail("All of it is in the file.")).Damage);
    }

    [Fact]
    public void A_file_that_cannot_be_closed_properly_keeps_its_log()
    {
        using var folder = folders.Closed();
        var storage = new SqliteStorage(new SqliteStorageOptions { Folder = folder.Path });
        folder.Execute("DROP TABLE running");

        storage.Dispose();

        Assert.True(File.Exists(folder.Log));
    }

    [Fact]
    public void A_new_folder_is_whole()
    {
        using var folder = new TemporaryFolder();

        Assert.Empty(
            DatabaseCheck.BeforeStart(folder["ingest.db"], Durability.Disk, _ => Assert.Fail("There is nothing."))
                .Damage);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static void Redefine(LivedFolder folder, string from, string to) => folder.Execute($"""
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(
            sql,
            '{from.Replace("'", "''", StringComparison.Ordinal)}',
            '{to.Replace("'", "''", StringComparison.Ordinal)}')
        WHERE name = 'media_by_content';
        """);
}

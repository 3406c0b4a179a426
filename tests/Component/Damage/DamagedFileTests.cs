using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>
/// Bytes of real files are changed or taken away: the check finds it, or nothing that matters is
/// different. The check itself changes no file.
/// </summary>
public sealed class DamagedFileTests(LivedFolders folders) : IClassFixture<LivedFolders>
{
    private const int PageSize = 4096;

    [Fact]
    public void A_changed_byte_is_found_or_does_not_matter()
    {
        using var whole = folders.Closed();
        var random = new Random(7);
        var found = 0;
        for (var i = 0; i < 400; i++)
        {
            using var folder = whole.Copy();
            Flip(folder.Database, random.Next((int)new FileInfo(folder.Database).Length), (byte)(1 << random.Next(8)));
            found += IsFound(folder, whole) ? 1 : 0;
        }
        Assert.InRange(found, 50, 400); // most of a page is often unused
    }

    [Fact]
    public void A_changed_byte_of_the_header_is_found_or_does_not_matter()
    {
        using var whole = folders.Closed();
        for (var i = 0; i < 100; i++)
        {
            using var folder = whole.Copy();
            Flip(folder.Database, i, 0xFF);
            if (!IsFound(folder, whole))
                new SqliteStorage(new SqliteStorageOptions { Folder = folder.Path }).Dispose();
        }
    }

    [Fact]
    public void A_page_that_is_zero_is_found_or_was_not_used()
    {
        using var whole = folders.Closed();
        var pages = (int)(new FileInfo(whole.Database).Length / PageSize);
        var found = 0;
        for (var page = 0; page < pages; page++)
        {
            using var folder = whole.Copy();
            LivedFolder.Write(folder.Database, page * PageSize, new byte[PageSize]);
            found += IsFound(folder, whole) ? 1 : 0;
        }
        Assert.InRange(found, 5, pages);
    }

    [Fact]
    public void A_file_that_ends_too_early_is_found()
    {
        using var whole = folders.Closed();
        var length = new FileInfo(whole.Database).Length;
        long[] lengths = [0, 1, 50, 100, PageSize - 1, PageSize, (2 * PageSize) + 7, length - PageSize, length - 1];
        foreach (var left in lengths)
        {
            using var folder = whole.Copy();
            using (var file = File.OpenWrite(folder.Database))
                file.SetLength(left);

            var report = Untouched(folder, () => folder.CheckAsAtStart());
            Assert.True(!report.IsWhole, $"{left} of {length} bytes");
        }
    }

    [Fact]
    public void A_file_that_is_gone_is_missed_as_long_as_its_log_or_media_are_there()
    {
        using var closed = folders.Closed();
        using var unclosed = folders.Unclosed();
        foreach (var folder in new[] { closed, unclosed })
        {
            File.Delete(folder.Database);
            Assert.Contains(
                "missing",
                Assert.Single(Untouched(folder, () => folder.CheckAsAtStart()).Damage),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_empty_file_does_not_cost_its_log()
    {
        using var folder = folders.Unclosed();
        File.WriteAllBytes(folder.Database, []);

        Assert.Contains(
            folder.Log,
            Assert.Single(Untouched(folder, () => folder.CheckAsAtStart()).Damage),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_is_gone_is_missed()
    {
        using var folder = folders.Unclosed();
        File.Delete(folder.Log);

        Assert.Contains(Untouched(folder, () => folder.CheckAsAtStart()).Damage, damage =>
            damage.Contains(folder.Log, StringComparison.Ordinal));
    }

    [Fact]
    public void A_log_without_its_beginning_is_missed()
    {
        for (var i = 0; i < 32; i++)
        {
            using var folder = folders.Unclosed();
            Flip(folder.Log, i, 0xFF);

            Assert.Contains(Untouched(folder, () => folder.CheckAsAtStart()).Damage, damage =>
                damage.Contains(folder.Log, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_changed_byte_of_the_log_is_found_or_concerns_its_last_transactions()
    {
        using var whole = folders.Unclosed();
        var random = new Random(7);
        for (var i = 0; i < 200; i++)
        {
            using var folder = whole.Copy();
            Flip(folder.Log, random.Next((int)new FileInfo(folder.Log).Length), (byte)(1 << random.Next(8)));
            IsFound(folder, whole, orLacks: 2);
        }
    }

    /// <summary>A power cut tears what nobody was told of yet.</summary>
    [Fact]
    public void The_torn_end_of_a_log_is_no_damage()
    {
        using var whole = folders.Unclosed();
        var length = new FileInfo(whole.Log).Length;
        foreach (var torn in new[] { 1, 100, PageSize, PageSize + 24 })
        {
            using var folder = whole.Copy();
            LivedFolder.Write(folder.Log, length - torn, new byte[torn]);
            Assert.Empty(folder.Check().Damage);

            using (var file = File.OpenWrite(folder.Log))
                file.SetLength(length - torn);
            Assert.Empty(folder.Check().Damage);
        }
    }

    [Fact]
    public void Where_commits_do_not_wait_for_the_disk_a_torn_log_is_no_damage()
    {
        using var folder = folders.Unclosed();
        Flip(folder.Log, new FileInfo(folder.Log).Length / 2, 0xFF);

        Assert.NotEmpty(folder.Check().Damage);
        Assert.Empty(folder.Check(Durability.Process).Damage);
    }

    [Fact]
    public void Looking_at_what_is_whole_touches_nothing()
    {
        using var closed = folders.Closed();
        using var unclosed = folders.Unclosed();
        File.Delete(unclosed.Database + "-shm");

        Assert.Empty(Untouched(closed, () => closed.Check()).Damage);
        Assert.Empty(Untouched(unclosed, () => unclosed.Check()).Damage);
        Assert.Empty(Untouched(closed, () => closed.CheckAsAtStart()).Damage);
    }

    /// <summary>
    /// Whether the damage is found. If it is not, a server must read what was written, or all
    /// but a few events at the end.
    /// </summary>
    private static bool IsFound(LivedFolder damaged, LivedFolder whole, int orLacks = 0)
    {
        if (IsRefused(damaged))
            return true;
        var (expected, actual) = (Read(whole), Read(damaged));
        Assert.InRange(actual.Count, expected.Count - orLacks, expected.Count);
        Assert.Subset(expected, actual);
        return false;
    }

    private static bool IsRefused(LivedFolder folder)
    {
        try
        {
            return !Untouched(folder, () => folder.Check()).IsWhole;
        }
        catch (StorageException)
        {
            return true; // as a file of another version, or none at all
        }
    }

    private static HashSet<string> Read(LivedFolder folder)
    {
        using var session = UntouchedDatabase.Open(folder.Database);
        return
        [
            .. from job in new[] { LivedFolder.Roof, LivedFolder.Cellar }
               from e in JournalTable.Each(session, job)
               let published = Convert.ToHexString(e.Row.Event.Bytes.Span)
               let ours = Convert.ToHexString(e.Row.Private.Span)
               select $"{job} {e.Seq} {published} {ours}"
        ];
    }

    private static CheckReport Untouched(LivedFolder folder, Func<CheckReport> check)
    {
        var before = folder.Fingerprint();
        try
        {
            return check();
        }
        finally
        {
            Assert.Equal(before, folder.Fingerprint());
        }
    }

    private static void Flip(string path, long offset, byte bits)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        var changed = (byte)(file.ReadByte() ^ bits);
        file.Position = offset;
        file.WriteByte(changed);
    }
}

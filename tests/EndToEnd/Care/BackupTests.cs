using OrleansIngest.EndToEnd.Disks;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Care;

/// <summary>
/// What a backup contains, and that a server can go on from it, as docs/backup.md promises.
/// </summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string _job = Fresh.Job();
    private readonly Dictionary<Guid, byte[]> _stored = [];
    private IngestServer _server = null!;

    private string Backup => Path.Combine(_server.Folder, "backup");

    public async ValueTask InitializeAsync() =>
        _server = await IngestServer.Start("Durability=process", "SegmentSize=100KB");

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_server_on_a_copy_of_it_has_all_that_was_acknowledged_and_goes_on()
    {
        for (var i = 0; i < 8; i++)
            await Store(5000 + i);
        await Store(50_000, alone: true);
        await StoreParts(50_001);
        var deleted = await Store(50_002, alone: true);
        await Upload.Delete(_job, deleted).Run(_server);
        _stored.Remove(deleted);
        var (open, openBytes) = (Fresh.Media(), TestMedia.Bytes(60_000, seed: 60));
        await Upload.CreateWith(_job, open, openBytes[..20_000], openBytes.Length).Run(_server);
        var (final, waiting) = (Fresh.Media(), await Partial.Create(_server, _job, 10));
        var sent = await Partial.Of(_server, _job, [1, 2, 3]);
        await Upload.CreateFinal(_job, final, [sent.Url, waiting.Url]).Run(_server);
        await waiting.Patch(0, [4, 5, 6]).Run(_server);

        var (code, said) = await _server.Shell("./run backup --to backup --Ingest:DataDir=data");

        Assert.True(code == 0, said);
        var check = await _server.Shell("./run check --Ingest:DataDir=backup");
        Assert.True(check.Code == 0, check.Said);
        await Upload.Delete(_job, _stored.Keys.First()).Run(_server); // has nothing to do with the backup any more
        await using var restored = await Restore();
        await HasAll(restored);
        await Upload.Head(_job, open, 20_000, 60_000).Run(restored);
        await Upload.Patch(_job, open, 20_000, openBytes[20_000..]).Run(restored);
        Assert.Equal(openBytes, (await Upload.Download(_job, open).Run(restored)).Body);
        await waiting.Head(3, 10).Run(restored);
        await waiting.Patch(3, TestMedia.Bytes(7)).Run(restored);
        byte[] joined = [1, 2, 3, 4, 5, 6, .. TestMedia.Bytes(7)];
        Assert.Equal(joined, (await Upload.Download(_job, final).Run(restored)).Body);
        await Store(5100, restored);
        Assert.Equal(0, (await ControlSocket.Run(restored, "scrub")).Code);
        Assert.Equal(0, (await ControlSocket.Run(restored, "sweep?grace=0")).Number("freed, finished"));
        restored.MustHaveACleanLog();
    }

    [Fact]
    public async Task It_is_the_users_alone_with_the_key_of_receipts()
    {
        await Store(5000);
        await Store(50_000, alone: true);

        await Run();

        var names = Directory.EnumerateFiles(Backup, "*", SearchOption.AllDirectories).ToList();
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.All(names, name => Assert.Equal(file, File.GetUnixFileMode(name)));
        Assert.All(
            Directory.EnumerateDirectories(Backup, "*", SearchOption.AllDirectories),
            folder => Assert.Equal(file | UnixFileMode.UserExecute, File.GetUnixFileMode(folder)));
        Assert.Equal(await Key(_server.DataDir), await Key(Backup));
        Assert.DoesNotContain(names, name => name.EndsWith(".new", StringComparison.Ordinal));
        Assert.DoesNotContain(names, name => name.EndsWith("-wal", StringComparison.Ordinal));

        static Task<string> Key(string folder) => File.ReadAllTextAsync(Path.Combine(folder, "receipt-key.pem"));
    }

    [Fact]
    public async Task The_next_one_into_the_folder_copies_what_is_new_and_forgets_what_is_gone()
    {
        var (small, large) = (await Store(5000), await Store(50_000, alone: true));
        var open = Fresh.Media();
        await Upload.CreateWith(_job, open, [1, 2, 3], 5).Run(_server);
        Assert.Equal((2, 0), Counts(await Run()));
        Assert.Equal((0, 2), Counts(await Run()));
        var before = Files("media").ToDictionary(file => file.Name, file => file.LastWriteTimeUtc);

        await Upload.Patch(_job, open, 3, [4, 5]).Run(_server);
        _stored[open] = [1, 2, 3, 4, 5];
        await Store(50_001, alone: true);
        Assert.Equal((2, 2), Counts(await Run()));
        var after = Files("media").ToDictionary(file => file.Name, file => file.LastWriteTimeUtc);
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
        Assert.Empty(Files("incoming"));

        foreach (var gone in new[] { small, large })
        {
            await Upload.Delete(_job, gone).Run(_server);
            _stored.Remove(gone);
        }
        Assert.Equal((0, 2), Counts(await Run()));
        Assert.Equal(2, Files("media").Count);
        Assert.Empty(Files("segments"));
        await using var restored = await Restore();
        await HasAll(restored);
        Assert.Equal(0, (await ControlSocket.Run(restored, "scrub")).Code);
    }

    /// <summary>
    /// While devices upload and delete, each backup still has all bytes that its journal names.
    /// </summary>
    [Fact]
    public async Task Uploads_and_deletions_go_on_while_it_is_made()
    {
        var (done, gate) = (false, new Lock());
        var working = Parallel.ForEachAsync(Enumerable.Range(0, 4), async (device, _) =>
        {
            for (var i = 0; !Volatile.Read(ref done); i++)
            {
                var (media, bytes) = (Fresh.Media(), TestMedia.Bytes(3000 + i, seed: (device * 1000) + i));
                await Send(media, bytes, alone: i % 3 == 0);
                if (i % 2 == 0)
                    await Upload.Delete(_job, media).Run(_server);
                else
                    lock (gate)
                        _stored[media] = bytes;
            }
        });
        for (var i = 0; i < 2; i++)
        {
            Dictionary<Guid, byte[]> acknowledged;
            lock (gate)
                acknowledged = new(_stored);
            Assert.Equal(0, (await Run()).Code);
            await using var restored = await Restore();
            foreach (var (media, bytes) in acknowledged)
                Assert.Equal(bytes, (await Upload.Download(_job, media).Run(restored)).Body);
            Assert.Equal(0, (await ControlSocket.Run(restored, "scrub")).Code);
            Assert.Equal(0, (await ControlSocket.Run(restored, "sweep?grace=0")).Number("freed, finished"));
        }
        Volatile.Write(ref done, true);
        await working;

        await Eventually.True(
            "what was deleted meanwhile is freed",
            () => StoreFiles.Of(_server).Count == _stored.Values.Count(bytes => (bytes.Length - 3000) % 3 == 0));
        await HasAll(_server);
        _server.MustHaveACleanLog();
    }

    /// <summary>
    /// There are eight moments: after each of three media, before each of four files gets its name,
    /// the journal last, and after that. Only at the last one it is the new backup.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task A_server_that_dies_in_the_middle_leaves_one_that_can_be_used_and_gone_on_with(int moment)
    {
        var open = Fresh.Media();
        await Upload.CreateWith(_job, open, [1, 2, 3], 5).Run(_server);
        await Store(50_000, alone: true);
        await Run();
        await Upload.Patch(_job, open, 3, [4, 5]).Run(_server);
        var added = new Dictionary<Guid, byte[]> { [open] = [1, 2, 3, 4, 5] };
        foreach (var length in new[] { 50_001, 5000 })
            added[Fresh.Media()] = TestMedia.Bytes(length, seed: length);
        foreach (var (media, bytes) in added.Skip(1))
            await Upload.CreateWith(_job, media, bytes, bytes.Length).Run(_server);
        await _server.Kill();
        await _server.Restart(killAt: $"while-backing-up:{moment}");

        var (code, said) = await _server.Shell("./run backup --to backup --Ingest:DataDir=data");
        Assert.Equal(2, code);
        Assert.Contains("ended before it had done it", said, StringComparison.Ordinal);
        await Eventually.Comes("end of the server", _server.Ended);

        await using (var restored = await Restore())
        {
            await HasAll(restored);
            if (await Upload.Offset(restored, _job, open) == 3)
                await Upload.Patch(_job, open, 3, [4, 5]).Run(restored);
            Assert.Equal([1, 2, 3, 4, 5], (await Upload.Download(_job, open).Run(restored)).Body);
            Assert.Equal(0, (await ControlSocket.Run(restored, "scrub")).Code);
        }
        await _server.Restart();
        var again = await Run();
        var left = 3 - Math.Min(moment, 3);
        Assert.Equal((left, 4 - left), Counts(again));
        foreach (var (media, bytes) in added)
            _stored[media] = bytes;
        await using var all = await Restore();
        await HasAll(all);
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(5000)]
    public async Task Damage_is_named_and_does_not_become_the_backup(int length)
    {
        var damaged = Fresh.Media();
        var bytes = TestMedia.Bytes(length, seed: length);
        await Send(damaged, bytes, alone: length > 10_000);
        await Store(6000);
        await Store(60_000, alone: true);
        var good = Damage(bytes);

        for (var i = 0; i < 2; i++)
        {
            var answer = await Run();
            Assert.Equal((1, 1), (answer.Code, answer.Number("damaged")));
            Assert.Contains($"media {damaged}: its bytes have the SHA-256", answer.Text, StringComparison.Ordinal);
        }
        await using (var restored = await Restore())
        {
            await HasAll(restored);
            Assert.Equal(1, (await ControlSocket.Run(restored, "scrub")).Number("damaged now"));
        }

        good();
        Assert.Equal((1, 2), Counts(await Run()));
        Damage(bytes);
        Assert.Equal((0, 3), Counts(await Run()));
        _stored[damaged] = bytes;
        await using var whole = await Restore();
        await HasAll(whole);
    }

    [Fact]
    public async Task Folders_in_which_something_else_is_are_refused()
    {
        await Store(5000);
        await Run();
        Directory.CreateDirectory(Path.Combine(_server.Folder, "other"));
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "other", "note.txt"), "Monday");
        File.CreateSymbolicLink(Path.Combine(_server.Folder, "link"), _server.DataDir);
        await using var another = await IngestServer.Start("Durability=process");
        Directory.Move(Backup, Path.Combine(another.Folder, "backup"));
        await ControlSocket.Run(another, $"backup?to={Backup}");
        Directory.CreateDirectory(Path.Combine(_server.Folder, "file"));
        await File.WriteAllTextAsync(Path.Combine(_server.Folder, "file", "backup.json"), "{");

        await Refused("other", "is not empty, and no backup is in it");
        await Refused("data/new", "are one inside the other");
        await Refused("link/new", "are one inside the other");
        await Refused(".", "are one inside the other");
        await Refused("backup", "is the backup of another data folder");
        await Refused("file", "cannot be read");
        var other = new DirectoryInfo(Path.Combine(_server.Folder, "other"));
        Assert.Equal("note.txt", Assert.Single(other.EnumerateFileSystemInfos()).Name);
        Assert.False(Directory.Exists(Path.Combine(_server.DataDir, "new")));
    }

    /// <summary>What that server has taken would be lost with the next backup.</summary>
    [Fact]
    public async Task A_backup_on_which_a_server_has_worked_is_none_any_more()
    {
        await Store(5000);
        await Run();
        await using (var server = await IngestServer.Start($"DataDir={Backup}", "Durability=process"))
        {
            await Refused("backup", "is in use by another process");
            await server.Stop();
        }

        await Refused("backup", "A server has worked in");
    }

    [OwnDiskFact]
    public async Task A_full_disk_leaves_the_backup_before_it()
    {
        await using var server = await IngestServer.StartWith(
        [
            "unshare", "--map-root-user", "--mount", "sh", "-c",
            "mkdir backup && mount -t tmpfs -o mode=700,size=3m tmpfs backup && exec \"$@\"", "sh",
        ]);
        var first = TestMedia.Bytes(50_000, seed: 1);
        await Upload.Alone(server, _job, Fresh.Media(), first);
        var folder = Path.Combine(server.Folder, "backup");
        Assert.Equal(0, (await ControlSocket.Run(server, $"backup?to={folder}")).Code);
        await Upload.Alone(server, _job, Fresh.Media(), TestMedia.Bytes(4_000_000));

        var full = await ControlSocket.Run(server, $"backup?to={folder}");

        Assert.Equal(2, full.Code);
        Assert.Matches(@"^The backup could not be made: .*(space|full).* UTC is as it was\.$", full.Obstacle);
        var kept = $"/proc/{server.ProcessId}/root{folder}";
        var check = await server.Shell($"cp -a {kept} copy && ./run check --Ingest:DataDir=copy");
        Assert.True(check.Code == 0, check.Said);
        Assert.Contains("1 jobs, 2 events, whole", check.Said, StringComparison.Ordinal);
        Assert.Equal(0, (await ControlSocket.Run(server, "check")).Code);
        server.MustHaveACleanLog();
    }

    private async Task<Guid> Store(int length, bool alone = false) => await Store(length, _server, alone);

    private async Task<Guid> Store(int length, IngestServer server, bool alone = false)
    {
        var (media, bytes) = (Fresh.Media(), TestMedia.Bytes(length, seed: length));
        await Send(media, bytes, alone, server);
        _stored[media] = bytes;
        return media;
    }

    /// <summary>To a file of its own, or to one that small media share.</summary>
    private Task Send(Guid media, byte[] bytes, bool alone, IngestServer? server = null) => alone
        ? Upload.Alone(server ?? _server, _job, media, bytes)
        : Upload.CreateWith(_job, media, bytes, bytes.Length).Run(server ?? _server);

    /// <summary>A media of two parts whose uploads have ended.</summary>
    private async Task StoreParts(int length)
    {
        var (media, bytes) = (Fresh.Media(), TestMedia.Bytes(length, seed: length));
        var parts = await Partial.Of(_server, _job, bytes, parts: 2);
        await Upload.CreateFinal(_job, media, parts.Select(part => part.Url)).Run(_server);
        foreach (var part in parts)
            await Upload.Delete(_job, part.Id).Run(_server);
        _stored[media] = bytes;
    }

    private Task<CommandAnswer> Run() => ControlSocket.Run(_server, $"backup?to={Uri.EscapeDataString(Backup)}");

    private async Task Refused(string folder, string sentence)
    {
        var path = Path.GetFullPath(folder, _server.Folder);
        var answer = await ControlSocket.Run(_server, $"backup?to={Uri.EscapeDataString(path)}");
        Assert.Equal(2, answer.Code);
        Assert.Contains(sentence, answer.Obstacle, StringComparison.Ordinal);
    }

    private static (int Copied, int Unchanged) Counts(CommandAnswer answer)
    {
        Assert.True(answer.Code == 0, answer.Text + answer.Obstacle);
        return (answer.Number("copied"), answer.Number("unchanged"));
    }

    /// <summary>
    /// Restores as docs/backup.md says: copies the backup with a tool that
    /// keeps holes, and starts a server.
    /// </summary>
    private async Task<IngestServer> Restore()
    {
        var copy = $"restored-{Guid.NewGuid():N}";
        var (code, said) = await _server.Shell($"cp -a --sparse=always backup {copy}");
        Assert.True(code == 0, said);
        return await IngestServer.Start("Durability=process", $"DataDir={Path.Combine(_server.Folder, copy)}");
    }

    private async Task HasAll(IngestServer server)
    {
        foreach (var (media, bytes) in _stored)
            Assert.Equal(bytes, (await Upload.Download(_job, media).Run(server)).Body);
    }

    private List<FileInfo> Files(string folder) => Directory.Exists(Path.Combine(Backup, folder))
        ? [.. new DirectoryInfo(Path.Combine(Backup, folder)).EnumerateFiles("*", SearchOption.AllDirectories)]
        : [];

    /// <summary>Changes one of these bytes in the server's data folder.</summary>
    /// <returns>Puts it right again.</returns>
    private Action Damage(byte[] bytes)
    {
        foreach (var file in StoreFiles.Of(_server).Concat(StoreFiles.Shared(_server)))
        {
            var at = File.ReadAllBytes(file.FullName).AsSpan().IndexOf(bytes);
            if (at < 0)
                continue;
            Write(file.FullName, at + 100, (byte)(bytes[100] ^ 1));
            return () => Write(file.FullName, at + 100, bytes[100]);
        }
        throw new InvalidOperationException("The bytes are nowhere.");
    }

    private static void Write(string file, long offset, byte value)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = offset;
        stream.WriteByte(value);
    }
}

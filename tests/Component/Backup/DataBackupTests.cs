using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansIngest.Component.Tests.Damage;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Backup;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Component.Tests.Backup;

/// <summary>What comes in between while a backup of a data folder is made.</summary>
public sealed class DataBackupTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private LivedFolder _data = null!;
    private DiskMediaStore _store = null!;

    private string Backup => _folder["backup"];

    public async ValueTask InitializeAsync()
    {
        _data = await LivedFolder.Make();
        var options = new DiskMediaStoreOptions { Folder = _data.Path, MaxOpenFiles = 1 };
        _store = new DiskMediaStore(options, NullLogger<DiskMediaStore>.Instance);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        _data.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_busy_store_is_waited_for()
    {
        Task<int> run;
        await using (await HoldFile())
        {
            run = Run();
            Assert.False(run.IsCompleted);
        }

        Assert.Equal(0, await TimePasses(run));
    }

    [Fact]
    public async Task A_store_that_stays_busy_is_no_damage()
    {
        await using var held = await HoldFile();

        var failure = await Assert.ThrowsAsync<StorageException>(() => TimePasses(Run()));

        Assert.Contains("1 files are open", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_told);
    }

    /// <summary>
    /// After the journal was copied, a client goes on at an earlier offset that it was promised.
    /// </summary>
    [Fact]
    public async Task An_upload_that_has_gone_back_is_copied_up_to_there()
    {
        _data.Execute("UPDATE uploads SET durable_offset = 40");

        Assert.Equal(0, await Run());

        var incoming = Directory.GetFiles(Path.Combine(Backup, "incoming"), "*", SearchOption.AllDirectories);
        Assert.Equal(LivedFolder.Bytes(3)[..30], await File.ReadAllBytesAsync(Assert.Single(incoming)));
    }

    [Fact]
    public async Task Only_what_does_not_count_yet_is_removed_before_the_next_one()
    {
        string[] names = ["key.new.pem", "key.newer"];
        foreach (var name in names)
            await File.WriteAllTextAsync(Path.Combine(_data.Path, name), name);
        await Run();
        foreach (var ending in new[] { "", "-wal", "-shm", "-journal" })
            await File.WriteAllTextAsync(Path.Combine(Backup, $"left.new{ending}"), "");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(new CancellationToken(canceled: true)));

        Assert.All(names, name => Assert.True(File.Exists(Path.Combine(Backup, name))));
        Assert.Empty(Directory.GetFiles(Backup, "left*"));
    }

    [Fact]
    public async Task One_is_made_even_if_old_bytes_cannot_be_removed()
    {
        await Run();
        var segments = Directory.CreateDirectory(Path.Combine(Backup, "segments"));
        File.CreateSymbolicLink(Path.Combine(segments.FullName, $"{BlobId.NewFile()}"), "/nowhere");

        Assert.Equal(0, await Run());

        Assert.Contains(_told, line => line.StartsWith("not removed: ", StringComparison.Ordinal));
        Assert.Contains("has everything that was acknowledged", _told[^1], StringComparison.Ordinal);
    }

    private ValueTask<IMediaReader> HoldFile() =>
        _store.Read(_data.MediaOf(LivedFolder.Roof).First(media => media.Content is not null).Content!);

    private Task<int> Run(CancellationToken cancellation = default) =>
        new DataBackup(_store, _data.Path, _time).Run(Backup, Tell, cancellation);

    private async Task<int> TimePasses(Task<int> run)
    {
        while (!run.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await run;
    }

    private Task Tell(string line)
    {
        _told.Add(line);
        return Task.CompletedTask;
    }
}

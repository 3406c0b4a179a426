using System.Buffers;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>What is particular to files.</summary>
public sealed class DiskMediaStoreTests : IDisposable
{
    private const int NoSpace = 28; // ENOSPC
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DiskData _data = new(Durability.Disk);
    private readonly DiskMediaStore _store;
    private readonly string _place;

    public DiskMediaStoreTests()
    {
        _store = _data.OpenStore();
        _place = _store.NewPlace();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_file_moves_from_incoming_to_media_when_it_is_finished()
    {
        await Write("whole"u8.ToArray());
        Assert.True(File.Exists(_data.IncomingPath(_place)));
        Assert.False(File.Exists(_data.MediaPath(_place)));

        await _store.Finish(_place, 5);
        Assert.False(File.Exists(_data.IncomingPath(_place)));
        Assert.True(File.Exists(_data.MediaPath(_place)));
    }

    [Theory]
    [InlineData(Durability.Disk, 3)]
    [InlineData(Durability.Process, 5)]
    public async Task What_was_only_written_is_safe_if_no_power_cut_must_be_survived(Durability durability, long safe)
    {
        await Write("whole"u8.ToArray());

        using var restarted = new DiskMediaStore(_data.Folder, durability);
        Assert.Equal(safe, await restarted.SafeLength(_place, recorded: 3));
    }

    [Fact]
    public async Task Files_and_folders_are_the_owner_s_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Write("whole"u8.ToArray());
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_data.IncomingPath(_place)));

        await _store.Finish(_place, 5);
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_data.MediaPath(_place)));
        foreach (var folder in Directory.GetDirectories(_data.Folder, "*", SearchOption.AllDirectories))
            Assert.Equal(OnlyOwner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task A_full_disk_is_an_io_error_that_says_so()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var writer = await OpenOnFullDisk();

        var failure = await Assert.ThrowsAsync<IOException>(async () => await writer.Write(new ReadOnlySequence<byte>(new byte[10])));
        Assert.Equal(NoSpace, failure.HResult);
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Offset);
    }

    [Fact]
    public async Task Where_the_disk_failed_once_nothing_is_durable_until_the_upload_begins_again()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using (var writer = await OpenOnFullDisk())
            await Assert.ThrowsAsync<IOException>(async () => await writer.Sync()); // a device cannot be synced
        File.Delete(_data.IncomingPath(_place));

        await Write("whole"u8.ToArray());
        var failure = await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_place, 5));
        Assert.Contains("must begin again", failure.Message, StringComparison.Ordinal);

        await _store.Free(_place);
        await Write("whole"u8.ToArray());
        await _store.Finish(_place, 5);
    }

    [Fact]
    public async Task A_store_that_is_disposed_has_finished_what_was_asked()
    {
        await Write("whole"u8.ToArray());
        var finishing = _store.Finish(_place, 5).AsTask();

        _store.Dispose();

        Assert.Equal(_place, await finishing);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_place, 5));
    }

    /// <summary>The kernel's own device for it: every write fails with ENOSPC.</summary>
    private ValueTask<IMediaWriter> OpenOnFullDisk()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_data.IncomingPath(_place))!);
        File.CreateSymbolicLink(_data.IncomingPath(_place), "/dev/full");
        return _store.Append(_place, 0);
    }

    private async Task Write(byte[] bytes)
    {
        await using var writer = await _store.Append(_place, 0);
        await writer.Write(new ReadOnlySequence<byte>(bytes));
    }
}

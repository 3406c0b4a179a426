using System.Buffers;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Component.Tests.Disk;

/// <summary>What is particular to files.</summary>
public sealed class DiskMediaStoreTests : IDisposable
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DiskData _data = new(Durability.Disk);
    private readonly DiskMediaStore _store;
    private readonly BlobId _blob;

    public DiskMediaStoreTests()
    {
        _store = _data.OpenStore();
        _blob = _store.New();
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_file_moves_from_incoming_to_media_when_it_is_finished()
    {
        await Write("whole"u8.ToArray());
        Assert.True(File.Exists(_data.IncomingPath(_blob)));
        Assert.False(File.Exists(_data.MediaPath(_blob)));

        await _store.Finish(_blob, 5);
        Assert.False(File.Exists(_data.IncomingPath(_blob)));
        Assert.True(File.Exists(_data.MediaPath(_blob)));
    }

    /// <summary>A crash came before its old name was taken away.</summary>
    [Fact]
    public async Task A_file_with_both_names_is_finished()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Write("whole"u8.ToArray());
        Directory.CreateDirectory(Path.GetDirectoryName(_data.MediaPath(_blob))!);
        Assert.True(DiskFile.TryLink(_data.IncomingPath(_blob), _data.MediaPath(_blob)));

        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(_blob, 5));
        Assert.Equal(5, await _store.SafeLength(_blob, recorded: 3));

        await _store.Finish(_blob, 5);
        Assert.False(File.Exists(_data.IncomingPath(_blob)));
        Assert.Equal("whole"u8.ToArray(), await File.ReadAllBytesAsync(_data.MediaPath(_blob)));
    }

    [Theory]
    [InlineData(Durability.Disk, 3)]
    [InlineData(Durability.Process, 5)]
    public async Task What_was_only_written_is_safe_if_no_power_cut_must_be_survived(Durability durability, long safe)
    {
        await Write("whole"u8.ToArray());

        Assert.Equal(safe, await _data.OpenStore(durability).SafeLength(_blob, recorded: 3));
    }

    [Fact]
    public async Task Files_and_folders_are_the_owner_s_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Write("whole"u8.ToArray());
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_data.IncomingPath(_blob)));

        await _store.Finish(_blob, 5);
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(_data.MediaPath(_blob)));
        await StoreWhole(new byte[5]);
        Assert.Equal(OnlyOwner, File.GetUnixFileMode(Assert.Single(_data.Segments)));
        foreach (var folder in Directory.GetDirectories(_data.Folder, "*", SearchOption.AllDirectories))
            Assert.Equal(OnlyOwner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task What_comes_in_one_go_lies_on_blocks_of_its_own_in_one_file()
    {
        var contents = new[]
        {
            await StoreWhole(new byte[5]), await StoreWhole(new byte[4096]),
            await StoreWhole(new byte[4097]), await StoreWhole(new byte[1])
        };

        var segment = Path.GetFileName(Assert.Single(_data.Segments));
        Assert.Equal(
            [
                $"{segment}-00000000-00000005", $"{segment}-00001000-00001000",
                $"{segment}-00002000-00001001", $"{segment}-00004000-00000001"
            ],
            contents.Select(content => content.ToString()));
    }

    [Fact]
    public async Task What_is_freed_takes_no_space()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var content = await StoreWhole(new byte[1 << 20]);
        var kept = await StoreWhole(new byte[1 << 20]);
        await using var reader = await _store.Read(content);

        await _store.Free(content);
        Assert.Empty(await Unused(new BlobUse(kept, content))); // who reads it has it still
        await reader.DisposeAsync();

        Assert.Empty(await Unused(new BlobUse(kept))); // and now there is nothing to free
    }

    [Fact]
    public async Task A_segment_goes_with_the_last_bytes_in_it()
    {
        if (!OperatingSystem.IsLinux())
            return;
        BlobId[] contents = [await StoreWhole(new byte[5]), await StoreWhole(new byte[5])];
        var restarted = _data.OpenStore();

        await restarted.Free(contents[0]);
        Assert.Single(_data.Segments);
        await restarted.Free(contents[1]);
        Assert.Empty(_data.Segments);
        await restarted.Free(contents[1]);
    }

    [Theory]
    [InlineData(1, 1)] // not at the beginning of a block
    [InlineData(0x1000, 0x1000)] // in the middle of another one
    [InlineData(0x10000, 1)] // behind the end
    [InlineData(0, 0)] // a file
    public async Task Contents_that_cannot_be_in_a_segment_free_nothing_of_it(long offset, long length)
    {
        var content = await StoreWhole(new byte[10_000]);
        var orphan = await StoreWhole(new byte[1]);
        var elsewhere = await StoreInAnother(new byte[1]);
        var rotted = length == 0 ? BlobId.File(content.Uuid) : BlobId.Extent(content.Uuid, offset, length);
        var use = new BlobUse(content, rotted);

        Assert.Equal([elsewhere], (await Unused(use)).Select(unused => unused.Blob));
        Assert.Equal([content.Uuid], use.Distrusted);
        Assert.Equal(
            new[] { orphan, elsewhere }.ToHashSet(),
            (await Unused(new BlobUse(content))).Select(unused => unused.Blob).ToHashSet());
    }

    [Fact]
    public async Task A_blob_that_is_not_the_store_s_own_is_refused()
    {
        var content = await StoreWhole(new byte[10_000]);
        foreach (var blob in new[] { BlobId.Extent(content.Uuid, 1, 1), BlobId.Join([_blob]) })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.SafeLength(blob, 0));
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Append(blob, 0));
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Finish(blob, 0));
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Read(blob));
            await Assert.ThrowsAsync<ArgumentException>(async () => await _store.Free(blob));
        }
    }

    [Fact]
    public async Task A_full_disk_is_told_from_one_that_fails()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var writer = await OpenOnDevice("/dev/full");

        var failure = await Assert.ThrowsAsync<StoreFullException>(async () =>
            await writer.Write(new ReadOnlySequence<byte>(new byte[10])));
        Assert.Contains("No space left", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Offset);
    }

    [Fact]
    public async Task What_is_kept_back_is_there_for_everything_but_bytes()
    {
        await Write("whole"u8.ToArray());
        var full = _data.OpenStore(reserve: long.MaxValue);

        await using (var writer = await full.Append(full.New(), 0))
        {
            await Assert.ThrowsAsync<StoreFullException>(async () =>
                await writer.Write(new ReadOnlySequence<byte>(new byte[1])));
            await writer.Write(ReadOnlySequence<byte>.Empty);
            await writer.Sync();
            Assert.Equal(0, writer.SafeOffset);
        }

        Assert.Equal(_blob, await full.Finish(_blob, 5));
        await full.Free(_blob);
    }

    [Fact]
    public async Task Bytes_whose_sync_failed_are_not_safe()
    {
        if (!OperatingSystem.IsLinux())
            return;
        await using var writer = await OpenOnDevice("/dev/null");
        await writer.Write(new ReadOnlySequence<byte>(new byte[10]));

        await Assert.ThrowsAsync<IOException>(async () => await writer.Sync()); // a device cannot be synced

        Assert.Equal(0, writer.SafeOffset);
    }

    [Fact]
    public async Task What_this_user_may_not_is_a_failure_of_the_store()
    {
        // To write into a folder as if it were a file is not allowed.
        Directory.CreateDirectory(_data.IncomingPath(_blob));

        await Assert.ThrowsAsync<IOException>(async () => await _store.Append(_blob, 0));
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_blob, 0));
    }

    [Theory]
    [InlineData("incoming")]
    [InlineData("media")]
    [InlineData("segments")]
    public void A_file_in_the_blob_of_a_folder_is_refused(string folder)
    {
        Directory.Delete(Path.Combine(_data.Folder, folder));
        File.WriteAllText(Path.Combine(_data.Folder, folder), "");

        var refusal = Assert.Throws<StorageException>(() => _data.OpenStore());
        Assert.Contains(Path.Combine(_data.Folder, folder), refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Across two disks a finished file would be copied instead of moved, and no fsync
    /// would have covered the copy.
    /// </summary>
    [Fact]
    public void Two_disks_are_refused()
    {
        if (!Directory.Exists("/dev/shm"))
            return;
        var elsewhere = Directory.CreateDirectory($"/dev/shm/ingest-test-{Guid.NewGuid():N}");
        Directory.Delete(Path.Combine(_data.Folder, "media"));
        Directory.CreateSymbolicLink(Path.Combine(_data.Folder, "media"), elsewhere.FullName);

        var refusal = Record.Exception(() => _data.OpenStore());

        elsewhere.Delete(recursive: true);
        Assert.Contains("on one disk", Assert.IsType<StorageException>(refusal).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_crash_left_of_the_start_does_not_matter()
    {
        foreach (var folder in (string[])["incoming", "media", "segments"])
            Directory.CreateDirectory(Path.Combine(_data.Folder, folder, "probe"));

        _data.OpenStore();

        Assert.Empty(Directory.GetDirectories(_data.Folder, "probe", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_store_that_is_disposed_has_finished_what_was_asked()
    {
        await Write("whole"u8.ToArray());
        var finishing = _store.Finish(_blob, 5).AsTask();

        _store.Dispose();

        Assert.Equal(_blob, await finishing);
        await Assert.ThrowsAsync<IOException>(async () => await _store.Finish(_blob, 5));
    }

    /// <summary>A device of the kernel in the place of a file.</summary>
    private ValueTask<IMediaWriter> OpenOnDevice(string device)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_data.IncomingPath(_blob))!);
        File.CreateSymbolicLink(_data.IncomingPath(_blob), device);
        return _store.Append(_blob, 0);
    }

    /// <summary>In a process that starts now: no segment is being filled.</summary>
    private async Task<List<StoredBlob>> Unused(BlobUse use) => await _data.OpenStore().Unused(use).ToListAsync();

    private Task<BlobId> StoreWhole(byte[] bytes) => StoreWhole(_store, bytes);

    private Task<BlobId> StoreInAnother(byte[] bytes) => StoreWhole(_data.OpenStore(), bytes);

    private static async Task<BlobId> StoreWhole(DiskMediaStore store, byte[] bytes)
    {
        var blob = store.New(bytes.Length);
        await using (var writer = await store.Append(blob, 0))
            await writer.Write(new ReadOnlySequence<byte>(bytes));
        return await store.Finish(blob, bytes.Length);
    }

    private async Task Write(byte[] bytes)
    {
        await using var writer = await _store.Append(_blob, 0);
        await writer.Write(new ReadOnlySequence<byte>(bytes));
    }
}

using System.Diagnostics;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Storage;

namespace OrleansIngest.Component.Tests;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string DataDir => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_one_is_told_which_folder_is_in_use()
    {
        using var held = DataFolderLock.Take(DataDir);

        var refusal = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(DataDir));
        Assert.Equal(DataDir, refusal.Folder);
        Assert.Contains($"{DataDir} is in use", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_was_given_up_can_be_taken_again()
    {
        DataFolderLock.Take(DataDir).Dispose();

        DataFolderLock.Take(DataDir).Dispose();
    }

    [Fact]
    public void Who_only_reads_is_kept_away_by_who_writes_and_makes_nothing()
    {
        Assert.Throws<StorageException>(() => DataFolderLock.TakeToRead(DataDir));
        Assert.False(Directory.Exists(DataDir));
        Directory.CreateDirectory(DataDir);
        DataFolderLock.TakeToRead(DataDir).Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(DataDir));

        using (DataFolderLock.Take(DataDir))
            Assert.Throws<DataFolderInUseException>(() => DataFolderLock.TakeToRead(DataDir));
        using (DataFolderLock.TakeToRead(DataDir))
            Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(DataDir));
    }

    [Fact]
    public void A_missing_folder_is_made_for_the_owner_alone()
    {
        using var held = DataFolderLock.Take(Path.Combine(DataDir, "deeper"));

        Assert.True(Directory.Exists(held.Folder));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(held.Folder));
    }

    /// <summary>Where somebody else made it, who may sync its name.</summary>
    [Fact]
    public void A_folder_may_lie_in_one_that_cannot_be_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        DataFolderLock.Take(Path.Combine(DataDir, "deeper")).Dispose();
        File.SetUnixFileMode(DataDir, UnixFileMode.UserExecute); // says nothing to root

        using var held = DataFolderLock.Take(Path.Combine(DataDir, "deeper"));

        File.SetUnixFileMode(DataDir, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Linux says that a folder of such a file system cannot be synced.</summary>
    [Fact]
    public void A_folder_may_lie_in_a_file_system_without_a_disk()
    {
        if (OperatingSystem.IsLinux())
            Assert.Equal("/proc/self", DataFolder.Create("/proc/self"));
    }

    [Fact]
    public void A_folder_that_is_a_file_is_refused()
    {
        File.WriteAllText(DataDir, "");

        Assert.Throws<StorageException>(() => DataFolderLock.Take(DataDir));
    }

    [Fact]
    public async Task A_killed_process_gives_the_folder_up()
    {
        if (!OperatingSystem.IsLinux())
            return;
        DataFolderLock.Take(DataDir).Dispose();
        using var other = LockInAnotherProcess();
        Assert.Equal("held", await other.StandardOutput.ReadLineAsync().Soon());

        Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(DataDir));
        other.Kill(); // SIGKILL
        await other.WaitForExitAsync().Soon();
        DataFolderLock.Take(DataDir).Dispose();
    }

    /// <summary>
    /// util-linux' flock holds the lock until its standard input ends;
    /// --no-fork: it is one process.
    /// </summary>
    private Process LockInAnotherProcess() => Process.Start(new ProcessStartInfo("flock")
    {
        ArgumentList = { "--no-fork", Path.Combine(DataDir, "lock"), "sh", "-c", "echo held; read forever" },
        UseShellExecute = false,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}

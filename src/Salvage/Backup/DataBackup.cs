using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// Copies a data folder while a server works with it, so that a server can start on the copy. The
/// journal is copied first, and no bytes are freed until all that the copy names are copied;
/// uploads go on meanwhile. docs/backup.md tells operators how to use it.
/// </summary>
/// <param name="store">The store with the bytes of the data folder.</param>
/// <param name="folder">The data folder.</param>
/// <param name="time">The clock.</param>
public sealed class DataBackup(DiskMediaStore store, string folder, TimeProvider time)
{
    private const string IdFile = "backup-id";

    /// <summary>Makes a backup, or brings the backup in the folder up to date.</summary>
    /// <param name="to">The backup's folder: a new or empty one, or that of the last backup of
    /// this data folder.</param>
    /// <param name="tell">Receives lines for the operator: what is damaged, and how
    /// much was copied.</param>
    /// <param name="cancellation">Ends the backup; the last one stays as it was.</param>
    /// <returns>How many media, uploads and databases are damaged, and not in the backup.</returns>
    /// <exception cref="StorageException">The backup cannot be made; the last one stays
    /// as it was.</exception>
    public async Task<int> Run(string to, Func<string, Task> tell, CancellationToken cancellation)
    {
        var id = DataFile.ReadOrCreate(Path.Combine(folder, IdFile), () => Guid.NewGuid().ToString());
        using var backup = BackupFolder.Open(to, id, folder);
        try
        {
            return await Run(backup, tell, cancellation);
        }
        catch (Exception e) when (IsFailure(e))
        {
            throw new StorageException(
                $"The backup could not be made: {e.Message.TrimEnd('.')}. {StateOf(backup.Manifest)}", e);
        }
    }

    private async Task<int> Run(BackupFolder backup, Func<string, Task> tell, CancellationToken cancellation)
    {
        backup.RemoveUnfinished();
        var manifest = backup.Manifest with { Began = time.GetUtcNow() };
        var copy = new BackupCopy(backup, store, time, tell);
        using (store.KeepAll())
            await copy.Run(folder, cancellation);
        backup.Commit(copy.Files, manifest with { Missing = copy.Missing });
        await Prune(backup, tell);
        await copy.Tell();
        return copy.Damaged;
    }

    /// <summary>
    /// Removes bytes that the backup does not need. The backup is complete by then, so a failure
    /// only costs space.
    /// </summary>
    private async Task Prune(BackupFolder backup, Func<string, Task> tell)
    {
        try
        {
            using var bytes = new BackupBytes(backup.Path, store, time);
            using var journal = backup.LastJournal();
            bytes.Prune(journal!);
        }
        catch (Exception e) when (IsFailure(e))
        {
            await tell($"not removed: old bytes, which are left to the next backup ({e.Message.TrimEnd('.')})");
        }
    }

    private static bool IsFailure(Exception e) => e is IOException or UnauthorizedAccessException or StorageException;

    private static string StateOf(BackupManifest last) => last.Began is { } began
        ? $"The backup that began {began.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC is as it was."
        : "There is no backup in the folder yet; another attempt goes on with what was copied.";
}

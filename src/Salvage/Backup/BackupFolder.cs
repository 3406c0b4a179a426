using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// The folder of a backup: a data folder that no server has used yet, with a manifest. A new
/// file that would change the last backup has a name that ends with <c>.new</c> until all new
/// files are there.
/// </summary>
internal sealed class BackupFolder : IDisposable
{
    /// <summary>How the name of a file ends that does not count yet.</summary>
    public const string Unfinished = ".new";

    private const string LockFile = "lock";

    private readonly DataFolderLock _lock;

    private BackupFolder(DataFolderLock taken, BackupManifest manifest) => (_lock, Manifest) = (taken, manifest);

    /// <summary>The full path of the folder.</summary>
    public string Path => _lock.Folder;

    /// <summary>
    /// The manifest of the last backup; it has no journals if there is no backup yet.
    /// </summary>
    public BackupManifest Manifest { get; private set; }

    /// <summary>Locks the folder of a backup, and creates it if it does not exist.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="source">The id of the data folder that is backed up.</param>
    /// <param name="dataFolder">The path of that data folder.</param>
    /// <exception cref="StorageException">The folder has something else in it, or
    /// cannot be used.</exception>
    public static BackupFolder Open(string path, string source, string dataFolder)
    {
        if (RealPath.IsInside(path, dataFolder) || RealPath.IsInside(dataFolder, path))
        {
            throw new StorageException(
                $"{path} and the data folder {dataFolder} are one inside the other: name another folder.");
        }
        var none = new BackupManifest { Source = source, Folder = dataFolder };
        Find(path, none);
        var taken = DataFolderLock.Take(path);
        try
        {
            var last = Find(path, none);
            MustBeUnused(path, last ?? none);
            if (last is null)
                none.Write(path);
            return new BackupFolder(taken, last ?? none);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>The path of a file that does not count yet.</summary>
    public string New(string name) => System.IO.Path.Combine(Path, name + Unfinished);

    /// <summary>
    /// Removes what an interrupted run left, except the bytes of media: they need not
    /// be copied again.
    /// </summary>
    /// <exception cref="IOException">A file cannot be removed.</exception>
    public void RemoveUnfinished()
    {
        var folder = new DirectoryInfo(Path);
        foreach (var file in DatabaseCopy.Endings.SelectMany(ending => folder.EnumerateFiles($"*{Unfinished}{ending}")))
            file.Delete();
    }

    /// <summary>The journal of the last backup; null if there is none.</summary>
    public BackupJournal? LastJournal() => Manifest.Journals.Count > 0 && File.Exists(SqliteStorage.PathIn(Path))
        ? new BackupJournal(SqliteStorage.PathIn(Path))
        : null;

    /// <summary>
    /// Makes the new files the backup. It waits until they are on the disk, and then renames them.
    /// The folder is the new backup from the moment in which the journal gets its name.
    /// </summary>
    /// <param name="files">The names of the new files, the journal's last.</param>
    /// <param name="manifest">The manifest of the new backup; the hash of its journal
    /// is added here.</param>
    /// <exception cref="IOException">The disk fails, or is full.</exception>
    public void Commit(IEnumerable<string> files, BackupManifest manifest)
    {
        var journal = HashOf(New(System.IO.Path.GetFileName(SqliteStorage.PathIn(Path))));
        FileSync.Volume(Path);
        (manifest with { Journals = [.. Manifest.Journals, journal] }).Write(Path);
        foreach (var file in files)
        {
            KillPoint.Reach(KillPoint.WhileBackingUp);
            File.Move(New(file), System.IO.Path.Combine(Path, file), overwrite: true);
        }
        KillPoint.Reach(KillPoint.WhileBackingUp);
        FileSync.Folder(Path);
        Manifest = manifest with { Journals = [journal] };
        Manifest.Write(Path);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    /// <summary>
    /// Finds the last backup of the same data folder; null if the folder is empty.
    /// </summary>
    private static BackupManifest? Find(string path, BackupManifest ours)
    {
        var folder = new DirectoryInfo(path);
        if (!folder.Exists || folder.EnumerateFileSystemInfos().All(entry => entry.Name == LockFile))
            return null;
        return BackupManifest.Read(path) switch
        {
            null => throw new StorageException($"{path} is not empty, and no backup is in it: name a new folder."),
            var manifest when manifest.Source != ours.Source || manifest.Folder != ours.Folder =>
                throw new StorageException(
                    $"{path} is the backup of another data folder, {manifest.Folder}: name another folder."),
            var manifest => manifest,
        };
    }

    private static void MustBeUnused(string path, BackupManifest manifest)
    {
        var journal = SqliteStorage.PathIn(path);
        if (!File.Exists(journal))
            return;
        if (File.Exists(WriteAheadLog.PathOf(journal)) || !manifest.Journals.Contains(HashOf(journal)))
        {
            throw new StorageException(
                $"A server has worked in {path} since the last backup, so it is none any more: name a new folder.");
        }
    }

    private static string HashOf(string file)
    {
        using var bytes = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}

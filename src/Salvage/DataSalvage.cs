using System.Buffers.Binary;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage;

/// <summary>
/// Makes a new data folder from what can still be read of a damaged one, and leaves the damaged one
/// as it is. docs/salvage.md tells operators how to use it.
/// </summary>
public static class DataSalvage
{
    private const int VersionOffset = 60;

    /// <summary>Salvages a data folder.</summary>
    /// <param name="folder">The damaged data folder. No process may use it.</param>
    /// <param name="into">The new folder, which is empty.</param>
    /// <param name="tell">Receives a line for everything that is not as it was, and a last line
    /// with the number of files.</param>
    /// <exception cref="StorageException">The folder cannot be salvaged; the
    /// message says why.</exception>
    public static async Task Run(string folder, string into, Action<string> tell)
    {
        try
        {
            RefuseOther(SqliteStorage.PathIn(folder));
            using var found = FoundRows.Of(SqliteStorage.PathIn(folder));
            var media = new MediaSalvage(folder, into);
            await BringJobs(found, into, media, tell);
            media.Settle();
            CopyOthers(folder, into);
            Tell(media, tell);
        }
        catch (Exception e) when (e is JournalException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{folder} cannot be salvaged: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>
    /// Refuses a database with tables that this version does not know. A header that cannot be read
    /// tells nothing about that.
    /// </summary>
    private static void RefuseOther(string database)
    {
        var header = new byte[VersionOffset + sizeof(int)];
        using var file = DiskFile.TryOpen(database);
        if (file is not null && RandomAccess.Read(file, header, 0) == header.Length
            && header.AsSpan().StartsWith("SQLite format 3\0"u8)
            && BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(VersionOffset))
                is not (SchemaVersion.None or SchemaVersion.Current))
        {
            throw new StorageException(
                $"{database} was made by another version of the server: salvage it with that one.");
        }
    }

    private static async Task BringJobs(Session found, string into, MediaSalvage media, Action<string> tell)
    {
        var jobs = JobTable.Names(found);
        if (jobs.Count == 0)
            throw new StorageException("Nothing was found that could be salvaged.");
        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = into });
        foreach (var job in jobs)
        {
            var salvage = new JobSalvage(new Job(job), found, media.HasBytes);
            var append = salvage.Run();
            if (append.Rows.Count > 0)
                await storage.Journal.Append(append);
            foreach (var kept in append.Media)
                media.Bring(job, kept);
            foreach (var partial in salvage.Partials)
            {
                await storage.Uploads.OpenPartial(partial);
                media.Bring(partial);
            }
            foreach (var note in salvage.Notes)
                tell($"job {job}: {note}");
        }
    }

    /// <summary>
    /// Copies the other files of the folder, such as the key of receipts. The log of another
    /// database is copied with it.
    /// </summary>
    private static void CopyOthers(string folder, string into)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => !IsOfProcess(file.Name)))
        {
            var copy = Path.Combine(into, file.Name);
            if (!File.Exists(copy) && !file.Name.StartsWith("ingest.db", StringComparison.Ordinal))
                DiskFile.Copy(file.FullName, copy);
        }
    }

    /// <summary>Whether a file is of no use without the process that made it.</summary>
    private static bool IsOfProcess(string name) =>
        name.EndsWith("-shm", StringComparison.Ordinal) || name == ControlSocket.FileName;

    private static void Tell(MediaSalvage media, Action<string> tell)
    {
        foreach (var missing in media.Missing)
            tell($"{missing} are missing");
        foreach (var file in media.Unnamed)
            tell($"no media that is left needs the file {file}: if somebody misses it, upload it again");
        tell($"{media.Linked} files of bytes linked, {media.Copied} copied");
    }
}

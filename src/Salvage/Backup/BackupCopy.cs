using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// Copies everything that belongs to a backup: the databases, the bytes that the journal's copy
/// names, and the other files of the data folder. <see cref="BackupFolder.Commit"/> then makes
/// the copies count.
/// </summary>
internal sealed class BackupCopy(BackupFolder backup, IMediaStore store, TimeProvider time, Func<string, Task> tell)
{
    private const string DatabaseEnding = ".db";

    private static readonly string s_journal = Path.GetFileName(SqliteStorage.PathIn(""));
    private static readonly string[] s_notCopied = ["lock", ControlSocket.FileName, BackupManifest.FileName];
    private static readonly string[] s_endingsNotCopied = ["-wal", "-shm", "-journal", BackupFolder.Unfinished];

    private readonly List<string> _files = [];
    private long _copied;
    private long _bytes;
    private long _unchanged;
    private int _knownDamaged;

    /// <summary>
    /// The files that <see cref="BackupFolder.Commit"/> renames, the journal last.
    /// </summary>
    public IEnumerable<string> Files => _files.Append(s_journal);

    /// <summary>
    /// Contents of stored media whose bytes are damaged and therefore not copied.
    /// </summary>
    public HashSet<BlobId> Missing { get; } = [];

    /// <summary>How many media, uploads and databases are damaged.</summary>
    public int Damaged { get; private set; }

    /// <summary>Copies everything.</summary>
    /// <param name="folder">The data folder. The bytes that its journal names must not
    /// be freed meanwhile.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <exception cref="IOException">The copies cannot be written.</exception>
    /// <exception cref="StorageException">The journal is damaged, or cannot be copied.</exception>
    public async Task Run(string folder, CancellationToken cancellation)
    {
        CopyJournal(folder);
        using var journal = new BackupJournal(backup.New(s_journal));
        using var last = backup.LastJournal();
        using var bytes = new BackupBytes(backup.Path, store, time);
        foreach (var named in journal.Media())
            await Copy(named, bytes, last, cancellation);
        foreach (var upload in journal.Uploads())
            await Copy(upload, bytes, journal, last, cancellation);
        await CopyOthers(folder);
    }

    /// <summary>Tells how much was copied.</summary>
    public async Task Tell()
    {
        await tell($"copied: {_copied} media ({_bytes} bytes)");
        await tell($"unchanged: {_unchanged} media");
        await tell($"damaged before: {_knownDamaged} media, as they are");
        await tell($"damaged: {Damaged}");
        var began = backup.Manifest.Began?.UtcDateTime;
        await tell($"{backup.Path}: has everything that was acknowledged before {began:yyyy-MM-dd HH:mm:ss} UTC");
    }

    /// <summary>
    /// Copies the journal. The copy must be whole, and has no mark that a server works with it.
    /// </summary>
    private void CopyJournal(string folder)
    {
        var copy = backup.New(s_journal);
        DatabaseCopy.Make(SqliteStorage.PathIn(folder), copy, RunningMark.Remove);
        var report = DatabaseCheck.Everything(copy, Durability.Disk);
        if (!report.IsWhole)
        {
            throw new StorageException(
                $"the journal is damaged ({report.Damage[0]}), which ./run check lists; see docs/salvage.md");
        }
    }

    private async Task Copy(NamedBytes named, BackupBytes bytes, BackupJournal? last, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (bytes.Has(named) && (IsVerified(named, last) || bytes.Hash(named) == named.Sha256))
        {
            _unchanged++;
            return;
        }
        var damage = await bytes.Copy(named, cancellation);
        KillPoint.Reach(KillPoint.WhileBackingUp);
        if (damage is null)
            (_copied, _bytes) = (_copied + 1, _bytes + named.Length);
        else if (!named.IsStored)
            _knownDamaged++;
        else
            await Miss(named, damage);
    }

    /// <summary>
    /// Whether the last backup has the bytes. It compared them with their SHA-256 when
    /// it copied them.
    /// </summary>
    private bool IsVerified(NamedBytes named, BackupJournal? last) =>
        last is not null && !backup.Manifest.Missing.Contains(named.Content) && last.IsStored(named.Content);

    private Task Miss(NamedBytes named, string damage)
    {
        Missing.Add(named.Content);
        return Miss($"job {named.Job}, media {named.Media}: {damage}");
    }

    private Task Miss(string line)
    {
        Damaged++;
        return tell(line);
    }

    /// <summary>
    /// Copies an upload up to the offset in the journal's copy. A final has no bytes of its own:
    /// its parts are uploads, and are copied as such unless their upload has ended.
    /// </summary>
    private async Task Copy(
        UploadRow upload, BackupBytes bytes, BackupJournal journal, BackupJournal? last, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var from = last?.Offset(upload.Incoming) ?? 0;
        var damage = upload.IsFinal
            ? await CopyParts(upload, bytes, journal, cancellation)
            : await bytes.CopyIncoming(upload.Incoming, from, upload.DurableOffset, cancellation);
        if (damage is not null)
            await Miss($"job {upload.Job}, open upload {upload.Media}: {damage}");
    }

    private static async Task<string?> CopyParts(
        UploadRow final, BackupBytes bytes, BackupJournal journal, CancellationToken cancellation)
    {
        foreach (var part in final.Incoming.Parts.Where(part => !journal.HasUploadAt(part)))
        {
            if (await bytes.CopyIncoming(part, from: 0, to: null, cancellation) is { } damage)
                return damage;
        }
        return null;
    }

    private async Task CopyOthers(string folder)
    {
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => IsCopied(file.Name)))
        {
            if (!file.Name.EndsWith(DatabaseEnding, StringComparison.Ordinal))
                CopyFile(file.FullName, backup.New(file.Name));
            else if (!await TryCopyDatabase(file.FullName, backup.New(file.Name)))
                continue;
            _files.Add(file.Name);
        }
    }

    private static bool IsCopied(string name) =>
        name != s_journal
        && !s_notCopied.Contains(name)
        && !s_endingsNotCopied.Any(ending => name.EndsWith(ending, StringComparison.Ordinal));

    private async Task<bool> TryCopyDatabase(string database, string copy)
    {
        DatabaseCopy.Make(database, copy);
        if (DatabaseCheck.Pages(copy) is not [var damage, ..])
            return true;
        DatabaseCopy.Remove(copy);
        await Miss($"{database}: {damage}");
        return false;
    }

    private static void CopyFile(string file, string copy)
    {
        using var from = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var to = DataFolder.Open(copy, FileShare.None);
        to.SetLength(0);
        from.CopyTo(to);
    }
}

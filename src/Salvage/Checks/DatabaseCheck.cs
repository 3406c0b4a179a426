using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Disk.Segments;
using OrleansIngest.Storage.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// Finds out whether <c>ingest.db</c> is what was written. It changes neither the file nor
/// the files beside it. Only the methods that say so may be used while another process has
/// the file open.
/// </summary>
public sealed class DatabaseCheck
{
    private const int HeaderSize = 100;
    private const int PageSizeOffset = 16;
    private const int WriteVersionOffset = 18;
    private const int MaxWriteVersion = 2;

    private readonly string _path;
    private readonly Durability _durability;
    private readonly WriteAheadLog _log;
    private readonly Action<CheckProgress> _tell;
    private readonly List<string> _damage = [];
    private long _jobs;
    private long _events;

    private DatabaseCheck(string path, Durability durability, Action<CheckProgress>? tell = null) =>
        (_path, _durability, _log, _tell) = (path, durability, WriteAheadLog.Of(path), tell ?? (_ => { }));

    /// <summary>
    /// Checks everything: the pages, the checksum of every event, that no event is missing, and
    /// that all other tables say what follows from the events.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="durability">What commits were meant to survive. It decides whether the torn end
    /// of a log is damage.</param>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    public static CheckReport Everything(string path, Durability durability) => SqliteFailure.Guard(path, () =>
    {
        var check = new DatabaseCheck(path, durability);
        if (check.HasFile(orIsNew: false))
            check.Look(check.CheckEverything);
        return check.Report;
    });

    /// <summary>
    /// Checks the file before a server opens it. If the last server closed it, it is enough that it
    /// can be opened: what the disk did to it afterwards is found when a row is read. If it was not
    /// closed, everything is checked.
    /// </summary>
    /// <param name="path">The file, which may not exist yet.</param>
    /// <param name="durability">As for <see cref="Everything"/>.</param>
    /// <param name="progress">Called again and again while everything is checked, which may
    /// take a while.</param>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    public static CheckReport BeforeStart(string path, Durability durability, Action<CheckProgress> progress) =>
        SqliteFailure.Guard(path, () =>
        {
            var check = new DatabaseCheck(path, durability, progress);
            if (check.HasFile(orIsNew: true))
                check.Look(check.CheckIfNotClosed);
            return check.Report;
        });

    /// <summary>Checks the pages of any SQLite file, but not what the rows say.</summary>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    public static IReadOnlyList<string> Pages(string path) => SqliteFailure.Guard(path, () =>
    {
        using var session = new Session(UntouchedDatabase.Connect(path));
        return PageDamage(session);
    });

    /// <summary>
    /// Checks what <see cref="Everything"/> checks, except the log, while a server works with the
    /// file. It reads one snapshot. SQLite cannot reuse the log until it ends, so the log grows.
    /// </summary>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    public static CheckReport WhileItIsUsed(string path) => SqliteFailure.Guard(path, () =>
    {
        var check = new DatabaseCheck(path, Durability.Disk);
        using var session = new Session(ConnectBesideServer(path));
        return session.Transact("BEGIN", moment =>
        {
            check.CheckPagesAndJobs(moment);
            return check.Report;
        });
    });

    /// <summary>
    /// Checks the pages of any SQLite file while a server works with it, but not what the rows say.
    /// </summary>
    /// <exception cref="StorageException">The file cannot be opened or read.</exception>
    public static IReadOnlyList<string> PagesWhileItIsUsed(string path) => SqliteFailure.Guard(path, () =>
    {
        using var session = new Session(ConnectBesideServer(path));
        return PageDamage(session);
    });

    private CheckReport Report => new(_path, _jobs, _events, _damage);

    private static SqliteConnection ConnectBesideServer(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>
    /// Whether the file has a header. SQLite takes a file without one for a new database, and
    /// removes the log beside it.
    /// </summary>
    private bool HasFile(bool orIsNew)
    {
        var file = new FileInfo(_path);
        if (file.Exists && file.Length >= HeaderSize)
            return true;
        if (_log.IsUsable)
            _damage.Add($"it is missing or has no header, and its log {WriteAheadLog.PathOf(_path)} is there");
        else if (MediaAreThere(Path.GetDirectoryName(_path)!))
            _damage.Add("it is missing or has no header, and media are there");
        else if (!orIsNew || file is { Exists: true, Length: > 0 })
            _damage.Add("it is missing or has no header");
        return false;
    }

    private bool MediaAreThere(string folder) =>
        Shelves.Media(folder, _durability).Files().Any() || SegmentStore.In(SegmentStore.Folder(folder)).Any();

    private void Look(Action<Session> check)
    {
        try
        {
            using var session = UntouchedDatabase.Open(_path);
            CheckHeader();
            check(session);
        }
        catch (SqliteException e) when (Damage(e) is not null)
        {
            _damage.Add(Damage(e)!);
        }
    }

    /// <summary>
    /// Finds damage that SQLite does not report: it opens a file of an unknown write version for
    /// reading only, and reads zeros where the end of a file is missing.
    /// </summary>
    private void CheckHeader()
    {
        using var file = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var header = new byte[HeaderSize];
        file.ReadExactly(header);
        if (header[WriteVersionOffset] > MaxWriteVersion)
            _damage.Add("its header is damaged");
        if (!_log.IsUsable && file.Length % BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(PageSizeOffset)) != 0)
            _damage.Add("its end is missing");
    }

    private void CheckIfNotClosed(Session session)
    {
        if (_log.IsUsable || RunningMark.IsSet(session))
            CheckEverything(session);
    }

    private void CheckEverything(Session session)
    {
        _tell(new CheckProgress(0, 0));
        CheckLog(session);
        CheckPagesAndJobs(session);
    }

    private void CheckPagesAndJobs(Session session)
    {
        _damage.AddRange(PageDamage(session));
        var events = JobTable.Events(session);
        foreach (var job in JobTable.Names(session))
            CheckJob(session, job, events);
    }

    private void CheckLog(Session session)
    {
        if (!_log.IsUsable && RunningMark.IsSet(session))
        {
            _damage.Add(
                $"its log {WriteAheadLog.PathOf(_path)} is missing or damaged, and with it what was stored last");
        }
        // A power cut can tear the last transaction, which was not acknowledged yet. It can tear
        // more than one only if commits did not wait for the disk.
        if (_log.Lost > 1 && _durability == Durability.Disk)
            _damage.Add($"its log {WriteAheadLog.PathOf(_path)} is damaged, and {_log.Lost} transactions with it");
    }

    private void CheckJob(Session session, string job, long events)
    {
        var check = new JobCheck(session, new Job(job), read => _tell(new CheckProgress(_events + read, events)));
        _damage.AddRange(check.Run().Select(damage => $"job {job}: {damage}"));
        _events += check.Events;
        _jobs++;
    }

    // Not quick_check, which does not notice that an index lacks a row. The sweep removes bytes
    // that the index of locations does not name.
    private static List<string> PageDamage(Session session)
    {
        var damage = new List<string>();
        try
        {
            damage.AddRange(session.Query("PRAGMA integrity_check(10)").Each(row => row.Text())
                .SelectMany(text => text.Split('\n'))
                .Where(line => line != "ok" && !line.StartsWith("***", StringComparison.Ordinal)));
        }
        catch (SqliteException e) when (Damage(e) is not null)
        {
            damage.Add(Damage(e)!);
        }
        return damage;
    }

    private static string? Damage(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB => "it is not a database, or its header is damaged",
        raw.SQLITE_CORRUPT => "some of its pages cannot be read",
        _ => null,
    };
}

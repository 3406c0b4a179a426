using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// Reads a job's events, checks that every one is there and intact, and replays them: the other
/// tables must say what follows. Their rows have no checksum, because this comparison finds more:
/// it also finds a row that was written wrong.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="replayed">The job without events, on which the events are replayed.</param>
/// <param name="read">Called now and then with the number of events that were read.</param>
internal sealed class JobCheck(Session session, Job replayed, Action<long> read)
{
    private const int EventsBetweenWords = 1000;

    private readonly List<string> _damage = [];
    private long _last;

    /// <summary>How many events were read.</summary>
    public long Events { get; private set; }

    /// <summary>
    /// Returns what is wrong. A job that a newer version wrote to is not checked: only that version
    /// can judge it.
    /// </summary>
    public IReadOnlyList<string> Run()
    {
        try
        {
            if (JobTable.Format(session, replayed.Key) <= JournalFormat.Current)
                Check();
        }
        catch (Exception e) when (
            e is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT } or ArgumentException
                or OverflowException or FormatException)
        {
            _damage.Add("some of its rows cannot be read");
        }
        return _damage;
    }

    private void Check()
    {
        foreach (var stored in JournalTable.Each(session, replayed.Key))
            Take(stored);
        read(Events);
        CompareRow();
        if (_damage.Count > 0)
            return; // The rows follow from all events, so there is nothing to compare them with.
        CompareMedia();
        CompareParts();
        CompareUploads();
        CompareDerived();
    }

    private void Take(StoredEvent stored)
    {
        MissUntil(stored.Seq);
        _last = stored.Seq;
        if (++Events % EventsBetweenWords == 0)
            read(Events);
        if (!stored.IsIntact)
            _damage.Add($"event {stored.Seq} is not what was stored");
        else if (_damage.Count == 0)
            Replay(stored.Row);
    }

    private void MissUntil(long seq)
    {
        if (seq > _last + 1)
        {
            _damage.Add(seq == _last + 2
                ? $"event {_last + 1} is missing"
                : $"events {_last + 1} to {seq - 1} are missing");
        }
    }

    private void Replay(JournalRow row)
    {
        try
        {
            replayed.Apply(JobEvent.Decode(row));
        }
        catch (Exception e)
        {
            _damage.Add($"event {row.Event.Seq} cannot follow those before it ({e.Message.TrimEnd('.')})");
        }
    }

    private void CompareRow()
    {
        var row = JobTable.Find(session, replayed.Key);
        MissUntil((row?.Head.Seq ?? 0) + 1);
        if (row is null && Events == 0)
            return; // It has only partial uploads, about which there are no events.
        if (_damage.Count == 0 && row != replayed.Row)
        {
            _damage.Add(row is null
                ? "it is not in the table jobs"
                : "its row in the table jobs is not what follows from its events");
        }
    }

    private void CompareMedia()
    {
        var rows = MediaTable.Readable(session, replayed.Key).ToDictionary(media => media.Id);
        foreach (var id in replayed.Order.Where(id => rows.GetValueOrDefault(id) != replayed.Find(id)))
            _damage.Add($"the row of media {id} is not what follows from its events");
        foreach (var id in rows.Keys.Where(id => replayed.Find(id) is null))
            _damage.Add($"there is a row of media {id}, and no event");
    }

    private void CompareParts()
    {
        foreach (var id in replayed.Order.Where(id => !PartTable.HasAll(session, replayed.Find(id)!)))
            _damage.Add($"the parts of media {id} are not what follows from its events");
    }

    private void CompareUploads()
    {
        var rows = UploadTable.Readable(session, replayed.Key).Where(upload => !upload.IsPartial)
            .ToDictionary(upload => upload.Media, upload => upload.Incoming);
        var open = replayed.Order.Select(id => replayed.Find(id)!)
            .Where(media => media.Status == MediaStatus.Open).ToList();
        foreach (var media in open.Where(media => rows.GetValueOrDefault(media.Id) != media.Incoming))
            _damage.Add($"the row of upload {media.Id} is not what follows from its events");
        foreach (var id in rows.Keys.Except(open.Select(media => media.Id)))
            _damage.Add($"there is a row of upload {id}, which is not open");
    }

    private void CompareDerived()
    {
        var rows = DerivedTable.List(session, replayed.Key).ToDictionary(row => (row.Kind, row.Key), row => row.Value);
        foreach (var row in replayed.Derived)
        {
            if (!rows.Remove((row.Kind, row.Key), out var value) || !IsSame(value, row.Value))
                _damage.Add($"the derived row {row.Kind} {row.Key} is not what follows from its events");
        }
        foreach (var (kind, key) in rows.Keys)
            _damage.Add($"there is a derived row {kind} {key}, and no event");
    }

    private static bool IsSame(ReadOnlyMemory<byte>? one, ReadOnlyMemory<byte>? other) =>
        one.GetValueOrDefault().Span.SequenceEqual(other.GetValueOrDefault().Span);
}

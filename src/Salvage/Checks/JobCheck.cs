using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// Reads a job's events, sees whether all are there and intact, and replays them: the other tables must say what follows. Their
/// rows have no checksum, for this finds more: a row that is as it was written, and wrong.
/// </summary>
/// <param name="session">The database.</param>
/// <param name="job">The job's key.</param>
/// <param name="read">Told now and then how many of its events were read.</param>
internal sealed class JobCheck(Session session, string job, Action<long> read)
{
    private const int EventsBetweenWords = 1000;

    private readonly Job _replayed = new(job);
    private readonly List<string> _damage = [];
    private long _last;

    /// <summary>How many events there are.</summary>
    public long Events { get; private set; }

    /// <summary>What is wrong. Of a job that a newer version wrote to nothing is: that is for the newer one to say.</summary>
    public IReadOnlyList<string> Run()
    {
        try
        {
            if (JobTable.Format(session, job) <= JournalFormat.Current)
                Check();
        }
        catch (Exception e) when (e is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT }
            or ArgumentException or OverflowException or FormatException)
        {
            _damage.Add("some of its rows cannot be read");
        }
        return _damage;
    }

    private void Check()
    {
        foreach (var stored in JournalTable.Each(session, job))
            Take(stored);
        read(Events);
        CompareRow();
        if (_damage.Count > 0)
            return; // what follows from other events is other rows
        CompareMedia();
        CompareParts();
        CompareUploads();
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
            _damage.Add(seq == _last + 2 ? $"event {_last + 1} is missing" : $"events {_last + 1} to {seq - 1} are missing");
    }

    private void Replay(JournalRow row)
    {
        try
        {
            _replayed.Apply(JobEvent.Decode(row));
        }
        catch (Exception e)
        {
            _damage.Add($"event {row.Event.Seq} cannot follow those before it ({e.Message.TrimEnd('.')})");
        }
    }

    private void CompareRow()
    {
        var row = JobTable.Find(session, job);
        MissUntil((row?.Head.Seq ?? 0) + 1);
        if (row is null && Events == 0)
            return; // it has partial uploads, and they no events
        if (_damage.Count == 0 && row != _replayed.Row)
            _damage.Add(row is null ? "it is not in the table jobs" : "its row in the table jobs is not what follows from its events");
    }

    private void CompareMedia()
    {
        var rows = MediaTable.Readable(session, job).ToDictionary(media => media.Id);
        foreach (var id in _replayed.Order.Where(id => rows.GetValueOrDefault(id) != _replayed.Find(id)))
            _damage.Add($"the row of media {id} is not what follows from its events");
        foreach (var id in rows.Keys.Where(id => _replayed.Find(id) is null))
            _damage.Add($"there is a row of media {id}, and no event");
    }

    private void CompareParts()
    {
        foreach (var id in _replayed.Order.Where(id => !PartTable.HasAll(session, _replayed.Find(id)!)))
            _damage.Add($"the parts of media {id} are not what follows from its events");
    }

    private void CompareUploads()
    {
        var rows = UploadTable.Readable(session, job).Where(upload => !upload.IsPartial)
            .ToDictionary(upload => upload.Media, upload => upload.Incoming);
        var open = _replayed.Order.Select(id => _replayed.Find(id)!).Where(media => media.Status == MediaStatus.Open).ToList();
        foreach (var media in open.Where(media => rows.GetValueOrDefault(media.Id) != media.Incoming))
            _damage.Add($"the row of upload {media.Id} is not what follows from its events");
        foreach (var id in rows.Keys.Except(open.Select(media => media.Id)))
            _damage.Add($"there is a row of upload {id}, which is not open");
    }
}

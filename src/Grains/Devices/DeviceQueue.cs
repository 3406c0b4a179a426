namespace OrleansIngest.Grains.Devices;

/// <summary>What a device says about a file of its queue; the numbers are those of the protobuf <c>QueueState</c>.</summary>
public enum QueueState
{
    /// <summary>Captured, waiting for a person.</summary>
    Pending = 1,

    /// <summary>Waiting for its turn or for a network.</summary>
    Queued = 2,

    /// <summary>Being sent.</summary>
    Uploading = 3,

    /// <summary>Stepped aside after repeated failures.</summary>
    Error = 4,

    /// <summary>Left the queue.</summary>
    Removed = 5,
}

/// <summary>A file of a device's queue, as the device reported it.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueuedFile")]
public sealed record QueuedFile
{
    /// <summary>Key of the job that it is for.</summary>
    [Id(0)] public required string Job { get; init; }

    /// <summary>The UUID that its upload will use.</summary>
    [Id(1)] public required Guid Media { get; init; }

    /// <summary>What the device says about it.</summary>
    [Id(2)] public required QueueState State { get; init; }

    /// <summary>The file's name: to be shown, never to be used as a path.</summary>
    [Id(3)] public string Filename { get; init; } = "";

    /// <summary>Bytes.</summary>
    [Id(4)] public long Length { get; init; }

    /// <summary>Key of its section, or empty.</summary>
    [Id(5)] public string Section { get; init; } = "";

    /// <summary>Key of its session, or empty.</summary>
    [Id(6)] public string Session { get; init; } = "";

    /// <summary>For <see cref="QueueState.Error"/>: why.</summary>
    [Id(7)] public string Message { get; init; } = "";
}

/// <summary>A device's report of its queue: some files, or all of them.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueueReport")]
public sealed record QueueReport
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>Rises with every report of the device.</summary>
    [Id(1)] public required long Revision { get; init; }

    /// <summary>When the server got it.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>The files.</summary>
    [Id(3)] public required IReadOnlyList<QueuedFile> Files { get; init; }

    /// <summary>Whether that is the whole queue (or, towards a job, all of it that is for the job).</summary>
    [Id(4)] public bool IsComplete { get; init; }

    /// <summary>The device's name for people, or empty.</summary>
    [Id(5)] public string DisplayName { get; init; } = "";

    /// <summary>Who has it, or empty.</summary>
    [Id(6)] public string Owner { get; init; } = "";
}

/// <summary>
/// A device's queue as the sum of its reports, in whatever order they come: each file keeps what the highest revision
/// said about it. It is the state of a device's grain and, for its own files, of a job's grain.
/// </summary>
[GenerateSerializer, Alias("ingest.DeviceQueue")]
public sealed class DeviceQueue
{
    /// <summary>The files by job and media, with the revision that said so. Removed ones stay until a complete report.</summary>
    [Id(0)] public IDictionary<string, QueueEntry> Entries { get; set; } = new Dictionary<string, QueueEntry>();

    /// <summary>The highest revision seen.</summary>
    [Id(1)] public long Revision { get; set; }

    /// <summary>The revision of the last complete report: nothing older counts.</summary>
    [Id(2)] public long CompleteRevision { get; set; }

    /// <summary>When the highest revision came.</summary>
    [Id(3)] public DateTimeOffset ReportedAt { get; set; }

    /// <summary>What is in the queue now.</summary>
    public IEnumerable<QueuedFile> Current() => Entries.Values.Select(e => e.File).Where(f => f.State != QueueState.Removed);

    /// <summary>A file of the queue, or null.</summary>
    public QueuedFile? Find(string job, Guid media) =>
        Entries.TryGetValue(KeyOf(job, media), out var entry) && entry.File.State != QueueState.Removed ? entry.File : null;

    /// <summary>Takes a report in.</summary>
    /// <returns>False if everything in it was known or overtaken.</returns>
    public bool Apply(QueueReport report)
    {
        if (report.Revision <= CompleteRevision)
            return false;
        var changed = report.Revision > Revision;
        foreach (var file in report.Files)
            changed |= Apply(file, report.Revision);
        if (report.IsComplete)
            Drop(report.Revision);
        if (report.Revision > Revision)
            (Revision, ReportedAt) = (report.Revision, report.At);
        return changed || report.IsComplete;
    }

    /// <summary>A file has arrived or is deleted: it is in no queue any more, whatever an older report says.</summary>
    /// <returns>Whether it was in the queue.</returns>
    public bool Settle(string job, Guid media)
    {
        var key = KeyOf(job, media);
        if (!Entries.TryGetValue(key, out var entry) || entry.File.State == QueueState.Removed)
            return false;
        Entries[key] = entry with { File = entry.File with { State = QueueState.Removed } };
        return true;
    }

    private bool Apply(QueuedFile file, long revision)
    {
        var key = KeyOf(file.Job, file.Media);
        if (Entries.TryGetValue(key, out var entry) && entry.Revision >= revision)
            return false;
        Entries[key] = new QueueEntry(file, revision);
        return true;
    }

    /// <summary>A complete report drops what it does not name; newer reports that came before it keep their files.</summary>
    private void Drop(long revision)
    {
        CompleteRevision = revision;
        foreach (var (key, entry) in Entries.ToList())
        {
            if (entry.Revision < revision || (entry.Revision == revision && entry.File.State == QueueState.Removed))
                Entries.Remove(key);
        }
    }

    private static string KeyOf(string job, Guid media) => $"{job}/{media}";
}

/// <summary>A file of a queue and the revision of the report that said so.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueueEntry")]
public sealed record QueueEntry([property: Id(0)] QueuedFile File, [property: Id(1)] long Revision);


namespace OrleansIngest.Grains.Devices;

/// <summary>
/// The state of a file in a device's queue. The numbers are those of the protobuf enum
/// <c>QueueState</c>.
/// </summary>
public enum QueueState
{
    /// <summary>Captured, and waiting for a person to release it.</summary>
    Pending = 1,

    /// <summary>Waiting for its turn or for a network.</summary>
    Queued = 2,

    /// <summary>Being uploaded.</summary>
    Uploading = 3,

    /// <summary>Set aside after repeated failures.</summary>
    Error = 4,

    /// <summary>No longer in the queue: uploaded, cancelled or deleted.</summary>
    Removed = 5,
}

/// <summary>A file of a device's queue, as the device reported it.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueuedFile")]
public sealed record QueuedFile
{
    /// <summary>The key of the file's job.</summary>
    [Id(0)] public required string Job { get; init; }

    /// <summary>The UUID of the media, which the upload will use.</summary>
    [Id(1)] public required Guid Media { get; init; }

    /// <summary>The state of the file.</summary>
    [Id(2)] public required QueueState State { get; init; }

    /// <summary>The file's name. For display only; never use it as a path.</summary>
    [Id(3)] public string Filename { get; init; } = "";

    /// <summary>The file's length in bytes.</summary>
    [Id(4)] public long Length { get; init; }

    /// <summary>The key of the file's section; empty if none.</summary>
    [Id(5)] public string Section { get; init; } = "";

    /// <summary>The key of the file's session; empty if none.</summary>
    [Id(6)] public string Session { get; init; } = "";

    /// <summary>The reason for <see cref="QueueState.Error"/>, for people.</summary>
    [Id(7)] public string Message { get; init; } = "";
}

/// <summary>A device's report about some files of its queue, or about all of them.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueueReport")]
public sealed record QueueReport
{
    /// <summary>The device's key.</summary>
    [Id(0)] public required string Device { get; init; }

    /// <summary>The number of the report. It rises with every report of the device.</summary>
    [Id(1)] public required long Revision { get; init; }

    /// <summary>When the server received the report.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }

    /// <summary>The reported files.</summary>
    [Id(3)] public required IReadOnlyList<QueuedFile> Files { get; init; }

    /// <summary>
    /// Whether <see cref="Files"/> is the whole queue; in a report to a job's grain, all files
    /// of that job.
    /// </summary>
    [Id(4)] public bool IsComplete { get; init; }

    /// <summary>The device's display name, or empty.</summary>
    [Id(5)] public string DisplayName { get; init; } = "";

    /// <summary>The name of the device's owner, or empty.</summary>
    [Id(6)] public string Owner { get; init; } = "";
}

/// <summary>
/// The queue of a device, merged from its reports. Reports may arrive in any order: for each
/// file the highest revision counts. It is the state of a device's grain and, limited to one
/// job, of a job's grain.
/// </summary>
[GenerateSerializer, Alias("ingest.DeviceQueue")]
public sealed class DeviceQueue
{
    /// <summary>
    /// The files by job and media, with the revision that reported each. Removed files stay until a
    /// complete report, or an older report would add them again.
    /// </summary>
    [Id(0)] public IDictionary<string, QueueEntry> Entries { get; set; } = new Dictionary<string, QueueEntry>();

    /// <summary>The highest revision received.</summary>
    [Id(1)] public long Revision { get; set; }

    /// <summary>The revision of the last complete report. Older reports are ignored.</summary>
    [Id(2)] public long CompleteRevision { get; set; }

    /// <summary>When the report with the highest revision was received.</summary>
    [Id(3)] public DateTimeOffset ReportedAt { get; set; }

    /// <summary>The files that are in the queue now.</summary>
    public IEnumerable<QueuedFile> Current() =>
        Entries.Values.Select(e => e.File).Where(f => f.State != QueueState.Removed);

    /// <summary>Finds a file of the queue; null if it is not in the queue.</summary>
    public QueuedFile? Find(string job, Guid media)
    {
        var file = Entries.TryGetValue(KeyOf(job, media), out var entry) ? entry.File : null;
        return file?.State == QueueState.Removed ? null : file;
    }

    /// <summary>Merges a report.</summary>
    /// <returns>False if the report changed nothing.</returns>
    public bool Apply(QueueReport report)
    {
        if (report.Revision <= CompleteRevision)
            return false;
        var changed = report.Revision > Revision;
        foreach (var file in report.Files)
            changed |= Apply(file, report.Revision);
        if (report.IsComplete)
            RemoveOlder(report.Revision);
        if (report.Revision > Revision)
            (Revision, ReportedAt) = (report.Revision, report.At);
        return changed || report.IsComplete;
    }

    /// <summary>
    /// Removes a file that has arrived or is deleted. It keeps its revision, so an older report
    /// does not add it again.
    /// </summary>
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

    /// <summary>
    /// Removes the files that a complete report does not name, unless a newer report, which came
    /// before it, has named them.
    /// </summary>
    private void RemoveOlder(long revision)
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

/// <summary>A file of a queue and the revision of the report that last named it.</summary>
[GenerateSerializer, Immutable, Alias("ingest.QueueEntry")]
public sealed record QueueEntry([property: Id(0)] QueuedFile File, [property: Id(1)] long Revision);

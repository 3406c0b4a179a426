using OrleansIngest.Grains.Devices;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// The files that devices reported and have not uploaded yet. They are kept beside the journal,
/// because a report is not an event of a media.
/// </summary>
[GenerateSerializer, Alias("ingest.Announcements")]
public sealed class Announcements
{
    /// <summary>The queue of each device, reduced to the files of this job.</summary>
    [Id(0)] public IDictionary<string, DeviceQueue> Devices { get; set; } = new Dictionary<string, DeviceQueue>();

    /// <summary>Applies a report.</summary>
    /// <returns>Whether it changed anything.</returns>
    public bool Apply(QueueReport report)
    {
        if (!Devices.TryGetValue(report.Device, out var queue))
            Devices[report.Device] = queue = new DeviceQueue();
        return queue.Apply(report);
    }

    /// <summary>
    /// The files about which the job has no event yet, ordered by device and media.
    /// </summary>
    public IEnumerable<(string Device, DeviceQueue Queue, QueuedFile File)> Waiting(Job job) =>
        from device in Devices.OrderBy(d => d.Key, StringComparer.Ordinal)
        from file in device.Value.Current().OrderBy(f => f.Media)
        where job.Find(file.Media) is null
        select (device.Key, device.Value, file);

    /// <summary>The number of these files for each device that has any.</summary>
    public IReadOnlyList<AnnouncedCount> Counts(Job job) =>
    [
        .. from waiting in Waiting(job)
           group waiting by waiting.Device into device
           let files = device.ToList()
           let pending = files.Count(f => f.File.State == QueueState.Pending)
           select new AnnouncedCount(device.Key, pending, files.Count - pending, files[0].Queue.ReportedAt),
    ];
}

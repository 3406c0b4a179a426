using OrleansIngest.Grains.Devices;

namespace OrleansIngest.Grains.Jobs;

/// <summary>What devices report that they still have for a job. Kept beside the journal: a report is no fact about a media.</summary>
[GenerateSerializer, Alias("ingest.Announcements")]
public sealed class Announcements
{
    /// <summary>By device: the part of its queue that is for this job.</summary>
    [Id(0)] public IDictionary<string, DeviceQueue> Devices { get; set; } = new Dictionary<string, DeviceQueue>();

    /// <summary>Takes a report in.</summary>
    /// <returns>Whether it changed anything.</returns>
    public bool Apply(QueueReport report)
    {
        if (!Devices.TryGetValue(report.Device, out var queue))
            Devices[report.Device] = queue = new DeviceQueue();
        return queue.Apply(report);
    }

    /// <summary>The files of which the job has not seen a byte, by device and file name.</summary>
    public IEnumerable<(string Device, DeviceQueue Queue, QueuedFile File)> Waiting(Job job) =>
        from device in Devices.OrderBy(d => d.Key, StringComparer.Ordinal)
        from file in device.Value.Current().OrderBy(f => f.Media)
        where job.Find(file.Media) is null
        select (device.Key, device.Value, file);

    /// <summary>The counts by device; only devices that still have something.</summary>
    public IReadOnlyList<AnnouncedCount> Counts(Job job) =>
    [
        .. from waiting in Waiting(job)
           group waiting by waiting.Device into device
           let files = device.ToList()
           let pending = files.Count(f => f.File.State == QueueState.Pending)
           select new AnnouncedCount(device.Key, pending, files.Count - pending, files[0].Queue.ReportedAt),
    ];
}

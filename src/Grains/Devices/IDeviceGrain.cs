using Orleans.Concurrency;

namespace OrleansIngest.Grains.Devices;

/// <summary>
/// The grain of a device that uploads. Get it with <c>GrainKeys.Device</c>.
/// </summary>
[Alias("ingest.IDeviceGrain")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>
    /// The jobs that a report affects: those of its files, and those of the files in the queue,
    /// which a complete report may remove.
    /// </summary>
    [Alias("Concerned")]
    Task<JobKeys> Concerned(QueueReport report);

    /// <summary>
    /// Merges a report into the queue and stores it. Call it after the grains of the affected jobs
    /// have received the report.
    /// </summary>
    /// <returns>The highest revision that the server has.</returns>
    [Alias("Report")]
    Task<long> Report(QueueReport report);

    /// <summary>
    /// Bytes of one of the device's uploads were received. Called a few times a second at most.
    /// </summary>
    [OneWay, Alias("Chunk")]
    Task Chunk(DeviceChunk chunk);

    /// <summary>Files of the device are stored or deleted, so they leave its queue.</summary>
    [OneWay, Alias("Settled")]
    Task Settled(SettledFiles settled);

    /// <summary>The device and its queue; null if it never reported or sent anything.</summary>
    [Alias("Get")]
    Task<DeviceView?> Get();
}

/// <summary>The keys of some jobs.</summary>
/// <param name="Keys">The keys, sorted ordinally.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobKeys")]
public sealed record JobKeys([property: Id(0)] IReadOnlyList<string> Keys);

/// <summary>The progress of an upload, for the device's grain.</summary>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The media's UUID.</param>
/// <param name="Offset">Bytes received so far.</param>
/// <param name="At">When the last of these bytes was received.</param>
[GenerateSerializer, Immutable, Alias("ingest.DeviceChunk")]
public sealed record DeviceChunk(
    [property: Id(0)] string Job,
    [property: Id(1)] Guid Media,
    [property: Id(2)] long Offset,
    [property: Id(3)] DateTimeOffset At);

/// <summary>Files that have left a device's queue because they are stored or deleted.</summary>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The UUIDs of the media.</param>
/// <param name="At">When that became known.</param>
[GenerateSerializer, Immutable, Alias("ingest.SettledFiles")]
public sealed record SettledFiles(
    [property: Id(0)] string Job, [property: Id(1)] IReadOnlyList<Guid> Media, [property: Id(2)] DateTimeOffset At);

/// <summary>A device and its queue.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeviceView")]
public sealed record DeviceView
{
    /// <summary>The display name, or empty.</summary>
    [Id(0)] public required string DisplayName { get; init; }

    /// <summary>The name of the owner, or empty.</summary>
    [Id(1)] public required string Owner { get; init; }

    /// <summary>The highest reported revision; 0 if the device never reported.</summary>
    [Id(2)] public required long Revision { get; init; }

    /// <summary>When that report was received; null if the device never reported.</summary>
    [Id(3)] public required DateTimeOffset? ReportedAt { get; init; }

    /// <summary>When the device last sent anything.</summary>
    [Id(4)] public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>The reported queue without the files that have arrived since.</summary>
    [Id(5)] public required IReadOnlyList<DeviceFileView> Queue { get; init; }
}

/// <summary>A file of a device's queue.</summary>
/// <param name="File">The file as the device reported it.</param>
/// <param name="Received">The number of its bytes that the server has received.</param>
[GenerateSerializer, Immutable, Alias("ingest.DeviceFileView")]
public sealed record DeviceFileView([property: Id(0)] QueuedFile File, [property: Id(1)] long Received);

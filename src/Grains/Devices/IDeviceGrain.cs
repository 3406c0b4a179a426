using Orleans.Concurrency;

namespace OrleansIngest.Grains.Devices;

/// <summary>Something that uploads. Reached by <see cref="GrainKeys.Device"/>.</summary>
[Alias("ingest.IDeviceGrain")]
public interface IDeviceGrain : IGrainWithStringKey
{
    /// <summary>The jobs that a report concerns: those of its files, and of files that it drops from the queue.</summary>
    [Alias("Concerned")]
    Task<JobKeys> Concerned(QueueReport report);

    /// <summary>Takes the device's report of its queue in. The jobs that it concerns must know of it already.</summary>
    /// <returns>The highest revision that the server has.</returns>
    [Alias("Report")]
    Task<long> Report(QueueReport report);

    /// <summary>A chunk of one of its uploads was received.</summary>
    [OneWay, Alias("Chunk")]
    Task Chunk(DeviceChunk chunk);

    /// <summary>Some of its files are safe, or deleted: they have left its queue.</summary>
    [OneWay, Alias("Settled")]
    Task Settled(SettledFiles settled);

    /// <summary>The device, or null if it never reported or sent anything.</summary>
    [Alias("Get")]
    Task<DeviceView?> Get();
}

/// <summary>Some jobs.</summary>
/// <param name="Keys">Their keys, in order.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobKeys")]
public sealed record JobKeys([property: Id(0)] IReadOnlyList<string> Keys);

/// <summary>A received chunk, as its device sees it.</summary>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The media's UUID.</param>
/// <param name="Offset">Bytes received so far.</param>
/// <param name="At">When the last of them came.</param>
[GenerateSerializer, Immutable, Alias("ingest.DeviceChunk")]
public sealed record DeviceChunk(
    [property: Id(0)] string Job, [property: Id(1)] Guid Media, [property: Id(2)] long Offset, [property: Id(3)] DateTimeOffset At);

/// <summary>Files that have left a device's queue: safe on the server, or deleted.</summary>
/// <param name="Job">The job's key.</param>
/// <param name="Media">Their UUIDs.</param>
/// <param name="At">When that was known.</param>
[GenerateSerializer, Immutable, Alias("ingest.SettledFiles")]
public sealed record SettledFiles(
    [property: Id(0)] string Job, [property: Id(1)] IReadOnlyList<Guid> Media, [property: Id(2)] DateTimeOffset At);

/// <summary>A device and its queue.</summary>
[GenerateSerializer, Immutable, Alias("ingest.DeviceView")]
public sealed record DeviceView
{
    /// <summary>Its name for people, or empty.</summary>
    [Id(0)] public required string DisplayName { get; init; }

    /// <summary>Who has it, or empty.</summary>
    [Id(1)] public required string Owner { get; init; }

    /// <summary>The highest revision that it reported; 0 if it never did.</summary>
    [Id(2)] public required long Revision { get; init; }

    /// <summary>When that was; null if it never did.</summary>
    [Id(3)] public required DateTimeOffset? ReportedAt { get; init; }

    /// <summary>When it last sent anything.</summary>
    [Id(4)] public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>What it reported, less what has arrived since.</summary>
    [Id(5)] public required IReadOnlyList<DeviceFileView> Queue { get; init; }
}

/// <summary>A file of a device's queue.</summary>
/// <param name="File">What the device said.</param>
/// <param name="Received">Bytes that the server has of it.</param>
[GenerateSerializer, Immutable, Alias("ingest.DeviceFileView")]
public sealed record DeviceFileView([property: Id(0)] QueuedFile File, [property: Id(1)] long Received);

using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>A job with its counters.</summary>
/// <param name="Row">What the journal says.</param>
/// <param name="Moving">How many of the open uploads had a byte lately.</param>
/// <param name="Announced">What devices say that they still have.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobView")]
public sealed record JobView(
    [property: Id(0)] JobRow Row, [property: Id(1)] int Moving, [property: Id(2)] IReadOnlyList<AnnouncedCount> Announced);

/// <summary>What a device says that it still has for a job.</summary>
/// <param name="Device">The device's key.</param>
/// <param name="Pending">Files waiting for a person.</param>
/// <param name="Queued">Files waiting for their turn or a network.</param>
/// <param name="ReportedAt">When it said so.</param>
[GenerateSerializer, Immutable, Alias("ingest.AnnouncedCount")]
public sealed record AnnouncedCount(
    [property: Id(0)] string Device, [property: Id(1)] long Pending, [property: Id(2)] long Queued, [property: Id(3)] DateTimeOffset ReportedAt);

/// <summary>A media's state as people see it; the numbers are those of the protobuf <c>MediaState</c>.</summary>
public enum ViewState
{
    /// <summary>A device reported it and not a byte of it has come.</summary>
    Announced = 1,

    /// <summary>A byte came lately.</summary>
    Uploading = 2,

    /// <summary>The server has part of it, and no byte came lately.</summary>
    Waiting = 3,

    /// <summary>All bytes durable and hashed.</summary>
    Stored = 4,

    /// <summary>Equal to another media of the job.</summary>
    Duplicate = 5,

    /// <summary>The upload ended without a media.</summary>
    Error = 6,

    /// <summary>Gone for good.</summary>
    Deleted = 7,
}

/// <summary>A media as a list shows it.</summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaView")]
public sealed record MediaView
{
    /// <summary>Its state.</summary>
    [Id(0)] public required ViewState State { get; init; }

    /// <summary>What the journal says; null for an announced one.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>Bytes received.</summary>
    [Id(2)] public long Offset { get; init; }

    /// <summary>Bytes in all, if known.</summary>
    [Id(3)] public long? Length { get; init; }

    /// <summary>For a duplicate: the device that sent the original.</summary>
    [Id(4)] public string DuplicateOfDevice { get; init; } = "";

    /// <summary>For an announced one: what its device said.</summary>
    [Id(5)] public QueuedFile? Announced { get; init; }

    /// <summary>For an announced one: its device.</summary>
    [Id(6)] public string AnnouncedBy { get; init; } = "";

    /// <summary>For an announced one: when its device said so.</summary>
    [Id(7)] public DateTimeOffset AnnouncedAt { get; init; }

    /// <summary>Its place in the job's list: a page that starts there starts with it.</summary>
    [Id(8)] public int Index { get; init; }
}

/// <summary>Which media, and which page of them.</summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaQuery")]
public sealed record MediaQuery
{
    /// <summary>Only these; none: all but deleted ones.</summary>
    [Id(0)] public IReadOnlyList<ViewState> States { get; init; } = [];

    /// <summary>Only of this section, or empty.</summary>
    [Id(1)] public string Section { get; init; } = "";

    /// <summary>Only of this session, or empty.</summary>
    [Id(2)] public string Session { get; init; } = "";

    /// <summary>Only of this device, or empty.</summary>
    [Id(3)] public string Device { get; init; } = "";

    /// <summary>Where the page starts: <see cref="MediaPage.Next"/> of the one before; 0 for the first.</summary>
    [Id(4)] public int Start { get; init; }

    /// <summary>Most media of the page.</summary>
    [Id(5)] public required int Limit { get; init; }
}

/// <summary>A page of a job's media.</summary>
/// <param name="Media">In the order of their first events, announced ones last.</param>
/// <param name="Next">Where the next page starts; null if this is the last.</param>
/// <param name="AsOf">The job's last event when this was read.</param>
[GenerateSerializer, Immutable, Alias("ingest.MediaPage")]
public sealed record MediaPage(
    [property: Id(0)] IReadOnlyList<MediaView> Media, [property: Id(1)] int? Next, [property: Id(2)] Position AsOf);

/// <summary>Which hashes a job has.</summary>
/// <param name="Originals">The media that hold them.</param>
/// <param name="AsOf">The job's last event when this was read.</param>
[GenerateSerializer, Immutable, Alias("ingest.KnownHashes")]
public sealed record KnownHashes([property: Id(0)] IReadOnlyList<Media> Originals, [property: Id(1)] Position AsOf);

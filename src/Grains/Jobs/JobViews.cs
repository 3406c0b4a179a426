using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>A job with its counters.</summary>
/// <param name="Row">The row of the job in the journal.</param>
/// <param name="Moving">The number of open uploads that received a byte lately.</param>
/// <param name="Announced">The number of files that are still on each device.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobView")]
public sealed record JobView(
    [property: Id(0)] JobRow Row, [property: Id(1)] int Moving,
    [property: Id(2)] IReadOnlyList<AnnouncedCount> Announced);

/// <summary>The number of files of a job that are still on a device.</summary>
/// <param name="Device">The key of the device.</param>
/// <param name="Pending">Files that wait for a person.</param>
/// <param name="Queued">Files that wait for their turn or for a network.</param>
/// <param name="ReportedAt">When the device reported them.</param>
[GenerateSerializer, Immutable, Alias("ingest.AnnouncedCount")]
public sealed record AnnouncedCount(
    [property: Id(0)] string Device, [property: Id(1)] long Pending, [property: Id(2)] long Queued,
    [property: Id(3)] DateTimeOffset ReportedAt);

/// <summary>
/// The state of a media as people see it. The numbers are those of the protobuf <c>MediaState</c>.
/// </summary>
public enum ViewState
{
    /// <summary>A device reported the file, and no byte of it was received yet.</summary>
    Announced = 1,

    /// <summary>The upload received a byte lately.</summary>
    Uploading = 2,

    /// <summary>The upload is open and received no byte lately.</summary>
    Waiting = 3,

    /// <summary>All bytes are durable and hashed.</summary>
    Stored = 4,

    /// <summary>The media has the same bytes as another one of the job.</summary>
    Duplicate = 5,

    /// <summary>The upload ended without a media, or the media is damaged.</summary>
    Error = 6,

    /// <summary>The media was deleted.</summary>
    Deleted = 7,
}

/// <summary>A media as a list shows it.</summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaView")]
public sealed record MediaView
{
    /// <summary>The state.</summary>
    [Id(0)] public required ViewState State { get; init; }

    /// <summary>The media in the journal; null for an announced file.</summary>
    [Id(1)] public Media? Media { get; init; }

    /// <summary>The number of bytes received.</summary>
    [Id(2)] public long Offset { get; init; }

    /// <summary>The length in bytes; null if unknown.</summary>
    [Id(3)] public long? Length { get; init; }

    /// <summary>For a duplicate: the device that uploaded the original.</summary>
    [Id(4)] public string DuplicateOfDevice { get; init; } = "";

    /// <summary>For an announced file: the file as its device reported it.</summary>
    [Id(5)] public QueuedFile? Announced { get; init; }

    /// <summary>For an announced file: the device that reported it.</summary>
    [Id(6)] public string AnnouncedBy { get; init; } = "";

    /// <summary>For an announced file: when the device reported it.</summary>
    [Id(7)] public DateTimeOffset AnnouncedAt { get; init; }

    /// <summary>
    /// The index in the job's list. A page with this start begins with this media.
    /// </summary>
    [Id(8)] public int Index { get; init; }
}

/// <summary>A query for a page of a job's media.</summary>
[GenerateSerializer, Immutable, Alias("ingest.MediaQuery")]
public sealed record MediaQuery
{
    /// <summary>Only media in these states. Empty: all media except deleted ones.</summary>
    [Id(0)] public IReadOnlyList<ViewState> States { get; init; } = [];

    /// <summary>Only media of this section. Empty: of any.</summary>
    [Id(1)] public string Section { get; init; } = "";

    /// <summary>Only media of this session. Empty: of any.</summary>
    [Id(2)] public string Session { get; init; } = "";

    /// <summary>Only media of this device. Empty: of any.</summary>
    [Id(3)] public string Device { get; init; } = "";

    /// <summary>
    /// The start of the page: <see cref="MediaPage.Next"/> of the page before it, or 0.
    /// </summary>
    [Id(4)] public int Start { get; init; }

    /// <summary>The largest number of media on the page.</summary>
    [Id(5)] public required int Limit { get; init; }
}

/// <summary>A page of a job's media.</summary>
/// <param name="Media">The media in the order of their first events, then announced files.</param>
/// <param name="Next">The start of the next page; null if this is the last page.</param>
/// <param name="AsOf">The position of the job's last event when the page was read.</param>
[GenerateSerializer, Immutable, Alias("ingest.MediaPage")]
public sealed record MediaPage(
    [property: Id(0)] IReadOnlyList<MediaView> Media, [property: Id(1)] int? Next, [property: Id(2)] Position AsOf);

/// <summary>The result of a search for hashes.</summary>
/// <param name="Originals">The stored media that have one of the hashes.</param>
/// <param name="AsOf">The position of the job's last event when the search was made.</param>
[GenerateSerializer, Immutable, Alias("ingest.KnownHashes")]
public sealed record KnownHashes([property: Id(0)] IReadOnlyList<Media> Originals, [property: Id(1)] Position AsOf);

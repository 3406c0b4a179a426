using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Where activity events are stored, in order, per job: the only truth about a job. Everything derived from an event
/// (the media's rows, the job's row, the upload's row, the work that follows) is written in the same transaction.
/// </summary>
public interface IJournal
{
    /// <summary>The job as of its last event; an empty one if it has none.</summary>
    /// <exception cref="JournalException">It cannot be read now, or it was written by a newer version of the server.</exception>
    Task<JobSnapshot> Load(string job, CancellationToken cancellation = default);

    /// <summary>
    /// Appends events of one job if its last seq is still the expected one. When the task ends the events are as
    /// durable as the deployment promises. Appends of many jobs share a transaction; a conflict concerns its own job only.
    /// </summary>
    /// <returns>Whether it is stored, and if not, why: then nothing of this append is.</returns>
    /// <exception cref="JournalException">It failed, or its outcome is unknown: load the job and decide again.</exception>
    Task<AppendOutcome> Append(JournalAppend append);

    /// <summary>
    /// The rows with seq &gt; <paramref name="after"/>, in order and without a gap, at most <paramref name="limit"/>. They end before one that
    /// is damaged or missing.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    /// <exception cref="JournalDamagedException">The first of them is damaged or missing.</exception>
    Task<IReadOnlyList<JournalRow>> Read(string job, long after, int limit, CancellationToken cancellation = default);
}

/// <summary>The journal cannot do it now; <see cref="Exception.Message"/> says why. Nothing acknowledged is lost.</summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The journal cannot grow now, for its disk is full. It goes on by itself when there is room.</summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>An event is not what was stored, or missing. Trying again does not help: see docs/salvage.md.</summary>
public sealed class JournalDamagedException(string job, long seq)
    : JournalException($"Event {seq} of job {job} is damaged.")
{
    /// <summary>The event's number.</summary>
    public long Seq => seq;
}

/// <summary>A row of the journal's tables is not what was stored. Trying again does not help: see docs/salvage.md.</summary>
public sealed class DamagedRowException(string message, Exception inner) : JournalException(message, inner);

/// <summary>
/// An activity event as it is kept: where it is and the bytes of the protobuf <c>ActivityEvent</c>, but for the field
/// <c>checksum</c>, which is of these bytes and added when they are sent.
/// </summary>
/// <param name="At">Its number in the job and its checksum; 0 for a passing message, which has neither.</param>
/// <param name="Bytes">Encoded once, when it was decided.</param>
public sealed record EncodedEvent(Position At, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Its number in the job.</summary>
    public long Seq => At.Seq;
}

/// <summary>One row of the journal: the public event and the private bytes that only the server sees.</summary>
/// <param name="Event">The public part.</param>
/// <param name="Private">An encoded <c>PrivatePart</c>; often empty.</param>
public sealed record JournalRow(EncodedEvent Event, ReadOnlyMemory<byte> Private);

/// <summary>What became of an append.</summary>
/// <param name="IsStored">Whether all of it is stored; otherwise nothing is.</param>
/// <param name="Stale">
/// The fences that are not those of their rows any more: those uploads were taken over by another node.
/// Empty if the append was stored, or another writer of the job was first.
/// </param>
public sealed record AppendOutcome(bool IsStored, IReadOnlyList<UploadFence> Stale)
{
    /// <summary>The append is stored.</summary>
    public static AppendOutcome Stored { get; } = new(IsStored: true, []);

    /// <summary>The job's last seq is not the expected one.</summary>
    public static AppendOutcome Conflict { get; } = new(IsStored: false, []);
}

/// <summary>What a job adds to its history in one transaction.</summary>
public sealed record JournalAppend
{
    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>The job's last seq before this: the fence.</summary>
    public required long ExpectedSeq { get; init; }

    /// <summary>At least one, numbered from <see cref="ExpectedSeq"/> + 1.</summary>
    public required IReadOnlyList<JournalRow> Rows { get; init; }

    /// <summary>The media that these events change, as they are afterwards.</summary>
    public required IReadOnlyList<Media> Media { get; init; }

    /// <summary>Uploads that these events start and do not end. One replaces an earlier upload of the same media.</summary>
    public required IReadOnlyList<UploadRow> Opened { get; init; }

    /// <summary>Media whose uploads these events end, and that have no other now. An upload in both lists is not stored at all.</summary>
    public required IReadOnlyList<Guid> Closed { get; init; }

    /// <summary>Uploads that these events end, as the commands named them: their rows must still have these fences.</summary>
    public IReadOnlyList<UploadFence> Fences { get; init; } = [];

    /// <summary>Work that follows from these events (an outbox).</summary>
    public required IReadOnlyList<WorkItem> Work { get; init; }

    /// <summary>The job's row afterwards.</summary>
    public required JobRow JobRow { get; init; }
}

/// <summary>A job in one row: what a list of jobs shows.</summary>
/// <param name="Job">Its key.</param>
/// <param name="Head">Its last event.</param>
/// <param name="Counts">Its media by status.</param>
/// <param name="FirstEventAt">When its first event was decided.</param>
/// <param name="LastEventAt">When its last event was decided.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobRow")]
public sealed record JobRow(
    [property: Id(0)] string Job, [property: Id(1)] Position Head, [property: Id(2)] JobCounts Counts,
    [property: Id(3)] DateTimeOffset FirstEventAt, [property: Id(4)] DateTimeOffset LastEventAt);

/// <summary>All that a job needs to be activated.</summary>
/// <param name="Row">Null if the job has no event.</param>
/// <param name="Media">Every media of the job, deleted ones included, by <see cref="Media.FirstSeq"/>.</param>
/// <param name="Uploads">Its open uploads.</param>
public sealed record JobSnapshot(JobRow? Row, IReadOnlyList<Media> Media, IReadOnlyList<UploadRow> Uploads);

/// <summary>The jobs of the deployment.</summary>
public interface IJobIndex
{
    /// <summary>Jobs with a key &gt; <paramref name="after"/> in ordinal order, at most <paramref name="limit"/>.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default);
}

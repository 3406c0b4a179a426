using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Stores the activity events of each job in order. Everything else about a job follows from its
/// events and is written in their transaction: the rows of the job, its media, its uploads and its
/// work, and the derived rows.
/// </summary>
public interface IJournal
{
    /// <summary>
    /// Loads a job as it was after its last event; an empty one if it has no event.
    /// </summary>
    /// <exception cref="JournalException">
    /// The job cannot be read now, or a newer version of the server wrote it.
    /// </exception>
    Task<JobSnapshot> Load(string job, CancellationToken cancellation = default);

    /// <summary>
    /// Appends events to a job if its last seq is still the expected one. When the task completes,
    /// the events are as durable as the deployment promises. Appends of several jobs may share a
    /// transaction; a conflict affects only its own job.
    /// </summary>
    /// <returns>Whether it is stored, and if not, why: then nothing of this append is.</returns>
    /// <exception cref="JournalException">
    /// The append failed, or its outcome is unknown: load the job and decide again.
    /// </exception>
    Task<AppendOutcome> Append(JournalAppend append);

    /// <summary>
    /// Reads the rows with a seq greater than <paramref name="after"/>, in order and without a gap,
    /// at most <paramref name="limit"/>. The result ends before a row that is damaged or missing.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    /// <exception cref="JournalDamagedException">The first row is damaged or missing.</exception>
    Task<IReadOnlyList<JournalRow>> Read(string job, long after, int limit, CancellationToken cancellation = default);
}

/// <summary>
/// The journal failed; <see cref="Exception.Message"/> says why. No acknowledged event is lost.
/// </summary>
public class JournalException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The journal cannot grow because its disk is full. It continues by itself when there is space.
/// </summary>
public sealed class JournalFullException(string message, Exception? inner = null) : JournalException(message, inner);

/// <summary>
/// A stored event has changed or is missing. Retrying does not help: see docs/salvage.md.
/// </summary>
public sealed class JournalDamagedException(string job, long seq)
    : JournalException($"Event {seq} of job {job} is damaged.")
{
    /// <summary>The number of the event.</summary>
    public long Seq => seq;
}

/// <summary>
/// A row of another table than the events' has changed. Retrying does not help: see
/// docs/salvage.md.
/// </summary>
public sealed class DamagedRowException(string message, Exception inner) : JournalException(message, inner);

/// <summary>
/// An encoded activity event: the bytes of the protobuf <c>ActivityEvent</c> without the field
/// <c>checksum</c>. That field is computed from these bytes and is added when they are sent.
/// </summary>
/// <param name="At">
/// The number and the checksum of the event; 0 for a message that is not kept and has neither.
/// </param>
/// <param name="Bytes">The bytes, encoded once when the event was decided.</param>
public sealed record EncodedEvent(Position At, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The number of the event in its job.</summary>
    public long Seq => At.Seq;
}

/// <summary>A row of the journal.</summary>
/// <param name="Event">The public part of the event.</param>
/// <param name="Private">
/// The part that only the server sees: an encoded <c>PrivatePart</c>, often empty.
/// </param>
public sealed record JournalRow(EncodedEvent Event, ReadOnlyMemory<byte> Private);

/// <summary>What became of an append.</summary>
/// <param name="IsStored">Whether all of it is stored; otherwise nothing is.</param>
/// <param name="Stale">
/// The fences that are not those of their rows any more: another node has taken those uploads over.
/// Empty if the append was stored, or another writer of the job was first.
/// </param>
public sealed record AppendOutcome(bool IsStored, IReadOnlyList<UploadFence> Stale)
{
    /// <summary>The append is stored.</summary>
    public static AppendOutcome Stored { get; } = new(IsStored: true, []);

    /// <summary>The job's last seq is not the expected one.</summary>
    public static AppendOutcome Conflict { get; } = new(IsStored: false, []);
}

/// <summary>What a job writes in one transaction.</summary>
public sealed record JournalAppend
{
    /// <summary>The key of the job.</summary>
    public required string Job { get; init; }

    /// <summary>
    /// The last seq of the job before this append. If the journal has another one, another writer
    /// was first.
    /// </summary>
    public required long ExpectedSeq { get; init; }

    /// <summary>The events, at least one, numbered from <see cref="ExpectedSeq"/> + 1.</summary>
    public required IReadOnlyList<JournalRow> Rows { get; init; }

    /// <summary>The media that the events changed, as they are after the events.</summary>
    public required IReadOnlyList<Media> Media { get; init; }

    /// <summary>The derived rows that the events changed, as they are after the events.</summary>
    public required IReadOnlyList<DerivedRow> Derived { get; init; }

    /// <summary>
    /// The uploads that the events started and did not end. An upload replaces an earlier one of
    /// the same media.
    /// </summary>
    public required IReadOnlyList<UploadRow> Opened { get; init; }

    /// <summary>
    /// The media whose uploads the events ended and that have no other upload now. An upload in
    /// both lists is not stored at all.
    /// </summary>
    public required IReadOnlyList<Guid> Closed { get; init; }

    /// <summary>
    /// Uploads that these events end, as the commands named them: their rows must have these
    /// fences.
    /// </summary>
    public IReadOnlyList<UploadFence> Fences { get; init; } = [];

    /// <summary>The work that follows from the events, for <see cref="IWorkQueue"/>.</summary>
    public required IReadOnlyList<WorkItem> Work { get; init; }

    /// <summary>The row of the job after the events.</summary>
    public required JobRow JobRow { get; init; }
}

/// <summary>The row of a job: what a list of jobs shows.</summary>
/// <param name="Job">The key of the job.</param>
/// <param name="Head">The position of the last event.</param>
/// <param name="Counts">The number of media in each status.</param>
/// <param name="FirstEventAt">When the first event was decided.</param>
/// <param name="LastEventAt">When the last event was decided.</param>
[GenerateSerializer, Immutable, Alias("ingest.JobRow")]
public sealed record JobRow(
    [property: Id(0)] string Job, [property: Id(1)] Position Head, [property: Id(2)] JobCounts Counts,
    [property: Id(3)] DateTimeOffset FirstEventAt, [property: Id(4)] DateTimeOffset LastEventAt);

/// <summary>
/// A row of a job that follows from its events and is neither a media nor an upload. The journal
/// stores it without knowing its meaning, so a new kind needs no new table.
/// </summary>
/// <param name="Kind">The kind of the row.</param>
/// <param name="Key">The key of the row, unique among the rows of its kind in the job.</param>
/// <param name="Value">
/// The content, encoded by its projection; null if the row is removed. Beware: C# converts a
/// <c>byte[]</c> that is null to an empty value, not to null.
/// </param>
public sealed record DerivedRow(string Kind, string Key, ReadOnlyMemory<byte>? Value);

/// <summary>What is needed to activate a job.</summary>
/// <param name="Row">The row of the job; null if it has no event.</param>
/// <param name="Media">
/// Every media of the job, including deleted ones, ordered by <see cref="Media.FirstSeq"/>.
/// </param>
/// <param name="Uploads">The open uploads, without partial ones.</param>
/// <param name="Derived">The derived rows; none has a null value.</param>
public sealed record JobSnapshot(
    JobRow? Row, IReadOnlyList<Media> Media, IReadOnlyList<UploadRow> Uploads, IReadOnlyList<DerivedRow> Derived);

/// <summary>Lists the jobs of the deployment.</summary>
public interface IJobIndex
{
    /// <summary>
    /// Lists the jobs with a key greater than <paramref name="after"/> in ordinal order, at most
    /// <paramref name="limit"/>.
    /// </summary>
    /// <exception cref="JournalException">The journal cannot be read now.</exception>
    Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default);
}

using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The open uploads, beside the journal: a row is written with <c>upload_started</c> and removed with the event that
/// ends the upload (both through <see cref="IJournal.Append"/>). A partial upload is no media's, so no event speaks of it.
/// </summary>
public interface IUploads
{
    /// <summary>The open upload of a media, or null.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<UploadRow?> Find(string job, Guid media, CancellationToken cancellation = default);

    /// <summary>All open uploads, in no order.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlyList<UploadRow>> List(CancellationToken cancellation = default);

    /// <summary>Open uploads of a job in the order in which they are named, up to the first that is not there.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlyList<UploadRow>> Find(string job, IEnumerable<Guid> media, CancellationToken cancellation = default);

    /// <summary>
    /// When the last byte came of an upload, or of a partial one that an open final needs as well: those live as long as each other. In
    /// running time.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<TimeSpan> LastByteAt(UploadRow upload, CancellationToken cancellation = default);

    /// <summary>Says that a partial upload is whole, when that is recorded; may be repeated.</summary>
    /// <returns>
    /// The open uploads of its job that are made of it and others and have to be looked at: they wait for none of them any
    /// more, or had no length and have one now.
    /// </returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<IReadOnlyList<Guid>> CompletePartial(UploadRow partial);

    /// <summary>Opens a partial upload.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task OpenPartial(UploadRow partial);

    /// <summary>Ends a partial upload; uploads and media that are made of it keep needing its blob.</summary>
    /// <returns>False if it is not open with this blob (any more).</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> ClosePartial(string job, Guid id, BlobId incoming);

    /// <summary>
    /// How many uploads of a device are open, partial ones not included; counted up to <paramref name="limit"/>, for a device
    /// with very many should cost no more than that.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<int> Count(string device, int limit, CancellationToken cancellation = default);

    /// <summary>
    /// Sets the length of an upload that was started without one. Once set it never changes.
    /// </summary>
    /// <returns>The length that holds now; null if the upload is not open (any more).</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<long?> SetLength(string job, Guid media, long length);

    /// <summary>
    /// Records from where on the bytes in a blob do not count: they are of a body that is still to be compared with its digest.
    /// Null: all count.
    /// </summary>
    /// <returns>False if the upload is not open with this blob (any more): nothing is recorded.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> MarkUnverified(string job, Guid media, BlobId incoming, long? from);

    /// <summary>Records how many bytes are durable, that all of them count, and when the last one came, in running time.</summary>
    /// <returns>False if the upload is not open with this blob (any more): nothing is recorded.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> RecordOffset(string job, Guid media, BlobId incoming, long durableOffset, TimeSpan lastByteAt);

    /// <summary>Records that bytes came, in running time, whatever may become of them.</summary>
    /// <returns>False if the upload is not open with this blob (any more): nothing is recorded.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> RecordByte(string job, Guid media, BlobId incoming, TimeSpan lastByteAt);
}

/// <summary>An open upload.</summary>
public sealed record UploadRow
{
    /// <summary>The <see cref="Concat"/> of a partial upload.</summary>
    public const string Partial = "partial";

    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>The media's UUID, which is the upload's id; a partial upload's own.</summary>
    public required Guid Media { get; init; }

    /// <summary>The blob that receives its bytes.</summary>
    public required BlobId Incoming { get; init; }

    /// <summary>Key of the device that sends it, or empty.</summary>
    public required string Device { get; init; }

    /// <summary>Bytes in all; null until the client says it.</summary>
    public required long? Length { get; init; }

    /// <summary>tus <c>Upload-Metadata</c> as it came.</summary>
    public required string RawMetadata { get; init; }

    /// <summary>When the last byte came, or else when it was created, in running time (<see cref="IRunningTime"/>).</summary>
    public required TimeSpan LastByteAt { get; init; }

    /// <summary>The SHA-512 that the device gave, in lower-case hexadecimal digits, if it gave one.</summary>
    public string? DeclaredSha512 { get; init; }

    /// <summary>Bytes known to be durable: what may be relied on after a power cut.</summary>
    public long DurableOffset { get; init; }

    /// <summary>Where the bytes begin that do not count, because the body that they are of was not compared with its digest; null if all do.</summary>
    public long? UnverifiedFrom { get; init; }

    /// <summary>tus <c>Upload-Concat</c> as it came; empty for an upload that is not part of any concatenation.</summary>
    public string Concat { get; init; } = "";

    /// <summary>Whether it is a part of something, and no media.</summary>
    public bool IsPartial => Concat == Partial;

    /// <summary>Whether it is a media that is made of partial uploads.</summary>
    public bool IsFinal => Concat.Length > 0 && !IsPartial;

    /// <summary>Whether all of its bytes are known to be durable.</summary>
    public bool IsWhole => Length == DurableOffset;
}

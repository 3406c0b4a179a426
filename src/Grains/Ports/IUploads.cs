using OrleansIngest.Grains.Model;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The open uploads, beside the journal. A row is written with <c>upload_started</c> and removed
/// with the event that ends the upload, both by <see cref="IJournal.Append"/>. A partial upload
/// belongs to no media yet, so no event tells of it. All methods throw
/// <see cref="JournalException"/> if the rows cannot be read or written now.
/// </summary>
public interface IUploads
{
    /// <summary>The open upload of a media; null if there is none.</summary>
    Task<UploadRow?> Find(string job, Guid media, CancellationToken cancellation = default);

    /// <summary>All open uploads, in no order.</summary>
    Task<IReadOnlyList<UploadRow>> List(CancellationToken cancellation = default);

    /// <summary>
    /// Open uploads of a job in the given order, up to the first that is not there.
    /// </summary>
    Task<IReadOnlyList<UploadRow>> Find(string job, IEnumerable<Guid> media, CancellationToken cancellation = default);

    /// <summary>
    /// When the last byte came, in running time: of an upload, or of one that belongs to the same
    /// concatenation, because those live as long as each other.
    /// </summary>
    Task<TimeSpan> LastByteAt(UploadRow upload, CancellationToken cancellation = default);

    /// <summary>
    /// Counts the open uploads of a device, without partial ones, up to <paramref name="limit"/>: a
    /// device with very many costs no more than that.
    /// </summary>
    Task<int> Count(string device, int limit, CancellationToken cancellation = default);

    /// <summary>Opens a partial upload.</summary>
    Task OpenPartial(UploadRow partial);

    /// <summary>Records that a partial upload has all of its bytes. May be repeated.</summary>
    /// <returns>
    /// The final uploads that need it and have to be looked at: they wait for no part any more, or
    /// their length is known now.
    /// </returns>
    Task<IReadOnlyList<Guid>> CompletePartial(UploadRow partial);

    /// <summary>
    /// Ends a partial upload. Uploads and media that are made of it keep needing its blob.
    /// </summary>
    /// <returns>False if its row has another fence, or there is none.</returns>
    Task<bool> ClosePartial(UploadFence partial);

    /// <summary>
    /// Gives an upload to another node, and raises its generation. Writes that name the one before
    /// do nothing from then on.
    /// </summary>
    /// <returns>False if its row has another fence, or there is none.</returns>
    Task<bool> TakeOver(UploadFence upload, string node);

    /// <summary>
    /// Sets the length of an upload that was created without one. Once set, it never changes.
    /// </summary>
    /// <returns>
    /// The length that the upload has now; null if its row has another fence, or there is none.
    /// </returns>
    Task<long?> SetLength(UploadFence upload, long length);

    /// <summary>
    /// Records from which offset on the bytes do not count: they belong to a body that is still to
    /// be compared with its digest. With null all bytes count.
    /// </summary>
    /// <returns>
    /// False if its row has another fence, or there is none: nothing is recorded.
    /// </returns>
    Task<bool> MarkUnverified(UploadFence upload, long? from);

    /// <summary>
    /// Records how many bytes are durable, that all of them count, and when the last one came, in
    /// running time.
    /// </summary>
    /// <returns>
    /// False if its row has another fence, or there is none: nothing is recorded.
    /// </returns>
    Task<bool> RecordOffset(UploadFence upload, long durableOffset, TimeSpan lastByteAt);

    /// <summary>Records that bytes came, in running time, whatever becomes of them.</summary>
    /// <returns>
    /// False if its row has another fence, or there is none: nothing is recorded.
    /// </returns>
    Task<bool> RecordByte(UploadFence upload, TimeSpan lastByteAt);
}

/// <summary>An open upload.</summary>
public sealed record UploadRow
{
    /// <summary>The <see cref="Concat"/> of a partial upload.</summary>
    public const string Partial = "partial";

    /// <summary>The job's key.</summary>
    public required string Job { get; init; }

    /// <summary>The upload's id: the media's UUID, or a partial upload's own.</summary>
    public required Guid Media { get; init; }

    /// <summary>The blob that receives the bytes.</summary>
    public required BlobId Incoming { get; init; }

    /// <summary>The key of the device that sends it, or empty.</summary>
    public required string Device { get; init; }

    /// <summary>Bytes in all; null until the client says it.</summary>
    public required long? Length { get; init; }

    /// <summary>tus <c>Upload-Metadata</c> as the client sent it.</summary>
    public required string RawMetadata { get; init; }

    /// <summary>
    /// When the last byte came, or when the upload was created, in running time
    /// (<see cref="IRunningTime"/>).
    /// </summary>
    public required TimeSpan LastByteAt { get; init; }

    /// <summary>
    /// The SHA-512 that the device promised, in lower-case hexadecimal digits; or null.
    /// </summary>
    public string? DeclaredSha512 { get; init; }

    /// <summary>Bytes that are known to be durable: those that a power cut leaves.</summary>
    public long DurableOffset { get; init; }

    /// <summary>
    /// The offset from which on the bytes do not count, because their body was not compared with
    /// its digest; null if all count.
    /// </summary>
    public long? UnverifiedFrom { get; init; }

    /// <summary>
    /// tus <c>Upload-Concat</c> as the client sent it; empty outside a concatenation.
    /// </summary>
    public string Concat { get; init; } = "";

    /// <summary>How often the upload was taken over, plus 1.</summary>
    public long Generation { get; init; } = 1;

    /// <summary>
    /// The node that has the upload: <see cref="IUploadNodes.Self"/> of that process.
    /// </summary>
    public string Node { get; init; } = "";

    /// <summary>What writes about this upload name.</summary>
    public UploadFence Fence => new(Job, Media, Incoming, Generation);

    /// <summary>Whether the upload is a part of a media, and none itself.</summary>
    public bool IsPartial => Concat == Partial;

    /// <summary>Whether the upload is a media that is made of partial uploads.</summary>
    public bool IsFinal => Concat.Length > 0 && !IsPartial;

    /// <summary>Whether all of its bytes are known to be durable.</summary>
    public bool IsWhole => Length == DurableOffset;
}

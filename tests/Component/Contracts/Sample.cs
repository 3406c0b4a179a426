using System.Text;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>Things to store.</summary>
internal static class Sample
{
    /// <summary>A time that uses all digits that a timestamp of ours has.</summary>
    public static readonly DateTimeOffset Now =
        new DateTimeOffset(2025, 6, 1, 12, 30, 15, TimeSpan.Zero).AddTicks(1_234_567);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// An append of one or more events that say <paramref name="what"/>, and of nothing else.
    /// </summary>
    public static JournalAppend Append(string job, long expected, string what = "something", int events = 1) =>
        AppendRows(job, expected, [.. Enumerable.Range(1, events).Select(i => Row(job, expected + i, what))]);

    /// <summary>An append of these events, and of nothing else.</summary>
    public static JournalAppend AppendRows(string job, long expected, params JournalRow[] rows) => new()
    {
        Job = job,
        ExpectedSeq = expected,
        Rows = rows,
        Media = [],
        Derived = [],
        Opened = [],
        Closed = [],
        Work = [],
        JobRow = JobRow(job, rows[^1].Event.At),
    };

    public static JournalRow Row(string job, long seq, string what) =>
        Row(job, seq, Encoding.UTF8.GetBytes(what), Encoding.UTF8.GetBytes($"private {what}"));

    public static JournalRow Row(string job, long seq, byte[] shown, byte[] hidden) =>
        new(new EncodedEvent(new Position(seq, EventChecksum.Of(job, seq, shown, hidden)), shown), hidden);

    public static string What(JournalRow row) => Encoding.UTF8.GetString(row.Event.Bytes.Span);

    public static JobRow JobRow(string job, Position head) =>
        new(job, head, new JobCounts(1, 2, 3, 4, 5, 6_000_000_000_000), Now, Now.AddTicks(head.Seq));

    /// <summary>
    /// A blob that is known by a name of up to 16 letters; blobs sort as their names do.
    /// </summary>
    public static BlobId Blob(string name) =>
        BlobId.Parse(Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name)).PadRight(32, '0'));

    /// <summary>A media that has a value in every field.</summary>
    public static Media FullMedia(Guid id, long firstSeq = 1) => new()
    {
        Id = id,
        Status = MediaStatus.Duplicate,
        Device = "phone-2",
        Description = new MediaDescription
        {
            Filename = "Dach – 屋根 🏠 '); DROP TABLE media;--\0.jpg",
            DeclaredType = "image/jpeg",
            Section = "roof",
            Session = "view-1",
            CapturedAt = "2025-06-01T12:00:00+02:00",
            Kind = "overview",
            Source = "camera",
        },
        Length = 123_456_789_012,
        DeclaredSha256 = new Sha256Hash(1, 2, 3, ulong.MaxValue),
        Sha256 = new Sha256Hash(ulong.MaxValue, 3, 2, 1),
        MediaType = "image/png",
        Incoming = Blob("incoming"),
        Content = Blob("content"),
        DuplicateOf = Guid.NewGuid(),
        Failure = new UploadFailure(FailureReason.HashMismatch, "The bytes differ: ≠", Retryable: true),
        FirstSeq = firstSeq,
        StartedSeq = firstSeq + 1,
        LastSeq = firstSeq + 2,
        ChangedAt = Now,
    };

    /// <summary>A media that says only what it must.</summary>
    public static Media BareMedia(Guid id, MediaStatus status, long firstSeq) => new()
    {
        Id = id,
        Status = status,
        FirstSeq = firstSeq,
        LastSeq = firstSeq,
        ChangedAt = Now,
    };

    public static UploadRow Upload(string job, Guid media, long? length = 1000) => new()
    {
        Job = job,
        Media = media,
        Incoming = BlobId.File(media),
        Device = "phone-2",
        Length = length,
        RawMetadata = "filename ZMOkLmpwZw==,empty",
        LastByteAt = TimeSpan.FromHours(3),
        DurableOffset = 0,
        DeclaredSha512 = new string('5', 128),
    };

    /// <summary>The job's last seq; 0 if it has no event.</summary>
    public static async Task<long> Head(this IJournal journal, string job) =>
        (await journal.Load(job)).Row?.Head.Seq ?? 0;

    /// <summary>Waits, but not for ever.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(s_patience);

    /// <inheritdoc cref="Soon{T}"/>
    public static Task Soon(this Task task) => task.WaitAsync(s_patience);
}

using System.Security.Cryptography;
using System.Text;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// Values and commands for tests. A content is a number: its bytes' length and hash follow from it.
/// </summary>
internal static class Some
{
    public const string Job = "tower-7";

    public static readonly DateTimeOffset Morning = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    public static readonly UploadFailure Termination =
        new(FailureReason.Terminated, "The client gave it up.", Retryable: true);

    public static readonly TimeSpan RunningTime = TimeSpan.FromHours(100);

    public static readonly UploadFailure Expiry =
        new(FailureReason.Expired, "No byte came for too long.", Retryable: true);

    public static Guid Media(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)number);

    /// <summary>The number of such a media.</summary>
    public static int Number(Guid media) =>
        int.Parse(media.ToString()[..8], System.Globalization.NumberStyles.HexNumber);

    public static Sha256Hash Hash(int content) => new((ulong)content + 1, 2, 3, 4);

    public static long Length(int content) => 1000 + content;

    /// <summary>A blob that is known by a name.</summary>
    public static BlobId Blob(string name) =>
        BlobId.File(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)));

    public static CreateUpload Create(int media, string blob) => new()
    {
        Media = Media(media),
        Device = "phone-1",
        Incoming = Blob(blob),
        At = RunningTime,
    };

    public static CompleteUpload Complete(int media, string blob, int content) => new()
    {
        Media = Media(media),
        Incoming = Blob(blob),
        Content = ContentOf(blob),
        Length = Length(content),
        Sha256 = Hash(content),
        MediaType = "image/jpeg",
    };

    public static FailUpload Fail(int media, string blob, UploadFailure failure) =>
        new() { Media = Media(media), Incoming = Blob(blob), Failure = failure };

    public static DeleteMedia Delete(int media, bool withDuplicates = false) =>
        new() { Media = Media(media), WithDuplicates = withDuplicates };

    public static QueueReport Report(long revision, IReadOnlyList<QueuedFile> files) =>
        new() { Device = "phone-1", Revision = revision, At = Morning.AddMinutes(revision), Files = files };

    /// <summary>
    /// What the bytes of a blob are when they are final: another blob, as a store may have it.
    /// </summary>
    public static BlobId ContentOf(string blob) => Blob($"kept/{blob}");
}

using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Whether there is room for more. It is asked before bytes are accepted: when an upload is created, when its length becomes
/// known and bytes are still to come, and when a small body comes whole. A completion is never refused for want of room: its
/// bytes are acknowledged, and a picture is worth more than a limit. What a job may have beyond it is what uploads of unknown
/// length brought at the same time, for a full job starts none.
/// </summary>
public sealed partial class Job
{
    // By upload. The journal does not know these: the uploads' rows keep them.
    private readonly Dictionary<Guid, long> _saidLater = [];

    /// <summary>Bytes that open uploads said they will bring: they count as taken, or many at once would overrun.</summary>
    public long OpenBytes { get; private set; }

    /// <summary>An open upload that did not say its length when it started says it now: takes room for it, if there is any.</summary>
    /// <returns>Whether there is.</returns>
    public bool TakeRoom(Guid media, long length, JobLimits limits)
    {
        if (Find(media) is not { Status: MediaStatus.Open, Length: null } || _saidLater.ContainsKey(media))
            return true;
        if (!HasRoomFor(length, limits))
            return false;
        _saidLater[media] = length;
        OpenBytes += length;
        return true;
    }

    /// <summary>
    /// Whether one more media fits. One that brings back what was damaged always does: its device may have the only copy that is
    /// left, and must not drop it.
    /// </summary>
    private bool HasRoomFor(Media? known, Sha256Hash? hash, long bytes, JobLimits limits) =>
        (Counts.Open + Counts.Stored + Counts.Duplicates < (limits.Media ?? long.MaxValue) && HasRoomFor(bytes, limits))
        || known is { Content: not null }
        || (hash is { } sha256 && DamagedMedia(sha256).Count > 0);

    private bool HasRoomFor(long bytes, JobLimits limits) =>
        bytes == 0 || Counts.StoredBytes + OpenBytes + bytes <= (limits.Bytes ?? long.MaxValue);

    private void RestoreRoom(IEnumerable<UploadRow> uploads)
    {
        foreach (var upload in uploads)
        {
            if (upload.Length is { } length)
                TakeRoom(upload.Media, length, JobLimits.None);
        }
    }

    private void TakeRoom(Media media) => OpenBytes += OpenBytesOf(media);

    private void GiveRoomBack(Media media)
    {
        OpenBytes -= OpenBytesOf(media);
        _saidLater.Remove(media.Id);
    }

    private long OpenBytesOf(Media media) =>
        media.Status == MediaStatus.Open ? media.Length ?? _saidLater.GetValueOrDefault(media.Id) : 0;
}

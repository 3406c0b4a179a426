using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Jobs;

/// <summary>
/// Enforces the limits of a job. They are checked before bytes are accepted: when an upload is
/// created, when its length becomes known while bytes are still missing, and when a small file
/// comes whole. A completion is never refused because of a limit, because its bytes are
/// acknowledged already. So a job can exceed its limit by what uploads of unknown length bring at
/// the same time; once it is full, no other upload starts.
/// </summary>
public sealed partial class Job
{
    // By open upload. No event has these lengths; they are in the rows of the uploads.
    private readonly Dictionary<Guid, long> _lateLengths = [];

    /// <summary>
    /// The total length of the open uploads. These bytes count as used; otherwise many uploads at
    /// once could exceed the limit.
    /// </summary>
    public long OpenBytes { get; private set; }

    /// <summary>
    /// Reserves space for an open upload that was started without a length and has one now.
    /// </summary>
    /// <returns>False if there is not enough space.</returns>
    public bool TakeRoom(Guid media, long length, JobLimits limits)
    {
        if (Find(media) is not { Status: MediaStatus.Open, Length: null } || _lateLengths.ContainsKey(media))
            return true;
        if (!HasRoomFor(length, limits))
            return false;
        _lateLengths[media] = length;
        OpenBytes += length;
        return true;
    }

    /// <summary>
    /// Whether the job has space for another media. A repair of damaged bytes always has space,
    /// because the device may have the only copy and must not delete it.
    /// </summary>
    private bool HasRoomFor(Media? known, Sha256Hash? hash, long bytes, JobLimits limits) =>
        (HasRoomForMedia(limits) && HasRoomFor(bytes, limits))
        || known is { Content: not null }
        || (hash is { } sha256 && DamagedMedia(sha256).Count > 0);

    private bool HasRoomForMedia(JobLimits limits) =>
        Counts.Open + Counts.Stored + Counts.Duplicates < (limits.Media ?? long.MaxValue);

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
        _lateLengths.Remove(media.Id);
    }

    private long OpenBytesOf(Media media) =>
        media.Status == MediaStatus.Open ? media.Length ?? _lateLengths.GetValueOrDefault(media.Id) : 0;
}

using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Places;

/// <summary>
/// Blobs that requests of this process fill before the journal knows of them: a whole body is stored first and told
/// afterwards. A sweep must not take them for orphans.
/// </summary>
internal sealed class PlaceClaims(IMediaStore store, Leftovers leftovers, TimeProvider time)
{
    /// <summary>A job that did not answer in time may still commit; no longer than this.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<BlobId, long?> _claims = []; // and when the request ended that made one, on the monotonic clock

    /// <summary>
    /// A new blob for a whole body, claimed until disposed; if a job was told and has not answered, for a while longer. If none was told,
    /// it is freed then. Made and claimed in one step: no sweep sees the one without the other.
    /// </summary>
    /// <param name="length">Bytes in all; null if that shows when the body ends.</param>
    /// <exception cref="IOException">The store fails.</exception>
    public PlaceClaim New(long? length)
    {
        lock (_lock)
        {
            var incoming = store.New(length <= UploadRequests.SmallBody ? length : null);
            _claims[incoming] = null;
            return new PlaceClaim(this, incoming);
        }
    }

    /// <summary>All blobs that are claimed.</summary>
    public HashSet<BlobId> All()
    {
        lock (_lock)
            return [.. _claims.Keys];
    }

    /// <summary>Forgets claims of which nothing can come any more.</summary>
    public void ForgetOld()
    {
        lock (_lock)
        {
            foreach (var blob in _claims.Where(claim => claim.Value is { } end && time.GetElapsedTime(end) > s_linger).Select(claim => claim.Key).ToList())
                _claims.Remove(blob);
        }
    }

    internal void End(PlaceClaim claim)
    {
        lock (_lock)
        {
            if (claim.IsTold && !claim.IsSettled)
                _claims[claim.Incoming] = time.GetTimestamp();
            else
                _claims.Remove(claim.Incoming);
        }
        if (!claim.IsTold)
            leftovers.Add([claim.Incoming]);
    }
}

/// <summary>The claim on a blob.</summary>
internal sealed class PlaceClaim(PlaceClaims claims, BlobId incoming) : IDisposable
{
    /// <summary>What is claimed.</summary>
    public BlobId Incoming => incoming;

    /// <summary>Whether a job was told of the blob: a failure does not say any more that nobody needs it.</summary>
    public bool IsTold { get; set; }

    /// <summary>Whether the job has answered.</summary>
    public bool IsSettled { get; set; }

    /// <inheritdoc/>
    public void Dispose() => claims.End(this);
}

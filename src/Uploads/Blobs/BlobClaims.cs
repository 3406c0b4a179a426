using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads.Blobs;

/// <summary>
/// Blobs that requests of this process fill before the journal knows of them: a whole file is
/// stored first and told to the job afterwards. A sweep of this process must not take them for
/// orphans; another process's sweep leaves them alone because they are young.
/// </summary>
public sealed class BlobClaims(IMediaStore store, BlobReclaimer reclaimer, TimeProvider time)
{
    /// <summary>
    /// A job that did not answer in time may still commit, but not after this time.
    /// </summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();

    // For each blob, when the request that claimed it ended, on the monotonic clock; null while it
    // goes on.
    private readonly Dictionary<BlobId, long?> _claims = [];

    /// <summary>
    /// Makes a blob and claims it in one step, so that no sweep sees it unclaimed. When the claim
    /// is disposed, the blob is freed if no job was told of it. If a job was told and has not
    /// answered, the claim lasts a while longer.
    /// </summary>
    /// <param name="length">
    /// Bytes in all, if the blob may share a file with others; else null.
    /// </param>
    /// <exception cref="IOException">The store fails.</exception>
    public BlobClaim New(long? length)
    {
        lock (_lock)
        {
            var blob = store.New(length);
            _claims[blob] = null;
            return new BlobClaim(this, blob);
        }
    }

    /// <summary>All blobs that are claimed.</summary>
    public IReadOnlySet<BlobId> All()
    {
        lock (_lock)
            return _claims.Keys.ToHashSet();
    }

    /// <summary>Forgets claims whose job can no longer commit.</summary>
    public void ForgetOld()
    {
        lock (_lock)
        {
            var old = _claims.Where(claim => claim.Value is { } end && time.GetElapsedTime(end) > s_linger);
            foreach (var (blob, _) in old.ToList())
                _claims.Remove(blob);
        }
    }

    internal void End(BlobClaim claim)
    {
        lock (_lock)
        {
            if (claim.IsTold && !claim.IsSettled)
                _claims[claim.Blob] = time.GetTimestamp();
            else
                _claims.Remove(claim.Blob);
        }
        if (!claim.IsTold)
            reclaimer.Add([claim.Blob]);
    }
}

/// <summary>The claim on a blob, until disposed.</summary>
public sealed class BlobClaim : IDisposable
{
    private readonly BlobClaims _claims;

    internal BlobClaim(BlobClaims claims, BlobId blob) => (_claims, Blob) = (claims, blob);

    /// <summary>The blob.</summary>
    public BlobId Blob { get; }

    /// <summary>
    /// Whether a job was told of the blob: from then on it may need it, even if the call fails.
    /// </summary>
    public bool IsTold { get; set; }

    /// <summary>
    /// Whether the job has answered: it knows the blob, or has said that nobody needs it.
    /// </summary>
    public bool IsSettled { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _claims.End(this);
}

using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Uploads;

/// <summary>
/// The open uploads that requests of this process work on, each with its lock. It is local to the
/// process: the row in <see cref="IUploads"/> is what all processes share.
/// </summary>
public sealed class OpenUploads(UploadContext context)
{
    /// <summary>How long a newcomer waits for the holder of an upload to stop.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>An upload that no request has used for this time is forgotten.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(10);

    /// <summary>Other requests, or another node, work on the upload.</summary>
    internal static UploadRefusal Locked { get; } =
        new(RefusalReason.Locked) { Detail = "Other requests are busy with this upload; try again." };

    private readonly ConcurrentDictionary<(string Job, Guid Media), CachedUpload> _cached = new();

    /// <summary>What is known of an open upload; null if there is none.</summary>
    internal async Task<CachedUpload?> Find(string job, Guid media, CancellationToken cancellation)
    {
        if (_cached.TryGetValue((job, media), out var known))
            return known;
        var row = await context.Rows.Find(job, media, cancellation);
        if (row is null)
            return null;
        var length = await context.Store.SafeLength(row.Incoming, row.DurableOffset, cancellation);
        return Add(row, Math.Min(length, row.UnverifiedFrom ?? length));
    }

    /// <summary>
    /// Whether what is known of an upload still holds. Another node may have taken the upload over
    /// since then.
    /// </summary>
    internal async Task<bool> IsCurrent(CachedUpload known, CancellationToken cancellation)
    {
        var row = known.State.Row;
        return (await context.Rows.Find(row.Job, row.Media, cancellation))?.Fence == row.Fence;
    }

    /// <summary>An upload that has just been created, or was there already.</summary>
    internal CachedUpload Add(UploadRow row, long offset) => _cached.AddOrUpdate(
        (row.Job, row.Media),
        _ => new CachedUpload(new UploadState(row, offset), context.Time),
        // One with another blob is an earlier upload with the same id.
        (_, known) => known.State.Row.Incoming == row.Incoming
            ? known
            : new CachedUpload(new UploadState(row, offset), context.Time));

    /// <summary>
    /// Takes an upload for one request. A request that holds it is asked to stop.
    /// </summary>
    /// <returns>Nothing, if there is no such upload.</returns>
    internal async Task<TakenUpload> Take(string job, Guid media, CancellationToken cancellation)
    {
        while (await Find(job, media, cancellation) is { } known)
        {
            if (await Take(known, cancellation) is { IsNothing: false } taken)
                return taken;
        }
        return default;
    }

    /// <summary>
    /// Takes an upload for one request. It may have ended without its holder (its media was
    /// deleted, or came whole under the same id), so its row is read again.
    /// </summary>
    /// <returns>Nothing, if it has ended meanwhile: look it up again.</returns>
    internal async Task<TakenUpload> Take(CachedUpload known, CancellationToken cancellation)
    {
        UploadLease? lease;
        try
        {
            lease = await known.Lock.Acquire(known.State, s_patience, cancellation);
        }
        catch (TimeoutException)
        {
            return Locked;
        }
        return lease is null ? default : await Check(known, new OpenUpload(context, known.State, lease, this));
    }

    /// <summary>
    /// Has the holder of an upload make durable what is here, without releasing the upload.
    /// </summary>
    /// <returns>Null, or that it takes too long.</returns>
    internal static async Task<UploadRefusal?> Publish(CachedUpload known, CancellationToken cancellation)
    {
        if (known.State.SafeOffset == known.State.Offset)
            return null;
        try
        {
            await known.Lock.Publish().WaitAsync(s_patience, cancellation);
            return null;
        }
        catch (TimeoutException)
        {
            return Locked;
        }
    }

    /// <summary>
    /// An upload was ended by a request that does not hold it: its holder is stopped.
    /// </summary>
    internal void Stop(string job, Guid media)
    {
        if (_cached.TryGetValue((job, media), out var known))
            known.Lock.Holder?.Stop();
    }

    /// <summary>Forgets an upload. Called by the request that holds it.</summary>
    internal void Remove(UploadState state)
    {
        var key = (state.Row.Job, state.Row.Media);
        // Another one under its key is a later upload with the same id.
        if (!_cached.TryGetValue(key, out var known) || known.State != state)
            return;
        known.Lock.Close();
        _cached.TryRemove(KeyValuePair.Create(key, known));
    }

    /// <summary>Forgets uploads that no request uses.</summary>
    internal void ForgetIdle()
    {
        foreach (var (key, known) in _cached)
        {
            if (context.Time.GetElapsedTime(known.UsedAt) <= s_idle || !known.Lock.TryClose())
                continue;
            known.State.DropHash();
            _cached.TryRemove(KeyValuePair.Create(key, known));
        }
    }

    private async Task<TakenUpload> Check(CachedUpload known, OpenUpload upload)
    {
        try
        {
            var row = await context.Rows.Find(upload.Row.Job, upload.Row.Media, CancellationToken.None);
            if (row?.Fence == upload.Row.Fence && await IsOurs(row))
            {
                if (row.UnverifiedFrom is not null)
                    await DropUnverified(upload);
                known.UsedAt = context.Time.GetTimestamp();
                return upload;
            }
            known.State.DropHash();
            Remove(known.State);
        }
        catch
        {
            upload.Dispose();
            throw;
        }
        upload.Dispose();
        return default;
    }

    /// <summary>
    /// Whether this node has an upload. If another one has it, or a process before this one had it,
    /// it is taken over: its holder is asked to stop and to record what has come, and the
    /// generation is raised. What is known here is old by then.
    /// </summary>
    private async ValueTask<bool> IsOurs(UploadRow row)
    {
        if (row.Node == context.Nodes.Self)
            return true;
        await context.Nodes.Release(row);
        await context.Rows.TakeOver(row.Fence, context.Nodes.Self);
        return false;
    }

    /// <summary>
    /// The last body had a digest and was cut, or wrong. Its bytes are cut off here, and from now
    /// on all bytes count.
    /// </summary>
    private async Task DropUnverified(OpenUpload upload)
    {
        await using (await context.Store.Append(upload.Row.Incoming, upload.Offset, upload.Row.Generation))
            await context.Rows.MarkUnverified(upload.Row.Fence, from: null);
    }
}

/// <summary>An upload that requests of this process work on.</summary>
internal sealed class CachedUpload(UploadState state, TimeProvider time)
{
    private long _usedAt = time.GetTimestamp();

    public UploadState State => state;

    public UploadLock Lock { get; } = new(time);

    /// <summary>When a request took it last, on the monotonic clock.</summary>
    public long UsedAt
    {
        get => Volatile.Read(ref _usedAt);
        set => Volatile.Write(ref _usedAt, value);
    }
}

/// <summary>
/// An upload that a request has taken, or why it could not; or nothing, if there is none.
/// </summary>
internal readonly record struct TakenUpload(OpenUpload? Upload, UploadRefusal? Refusal) : IDisposable
{
    /// <summary>Whether there is no such upload.</summary>
    public bool IsNothing => Upload is null && Refusal is null;

    public static implicit operator TakenUpload(OpenUpload upload) => new(upload, Refusal: null);

    public static implicit operator TakenUpload(UploadRefusal refusal) => new(Upload: null, refusal);

    /// <inheritdoc/>
    public void Dispose() => Upload?.Dispose();
}

namespace OrleansIngest.Uploads;

/// <summary>
/// The lock of one upload: one request at a time may change it. A newcomer asks the holder to stop,
/// because a phone that comes back on a new connection must not wait for its old connection to die.
/// </summary>
internal sealed class UploadLock(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TakeOvers? _takeOvers;
    private UploadLease? _holder;
    private bool _closed;

    /// <summary>The lease of the request that holds the upload; null if none does.</summary>
    public UploadLease? Holder => Volatile.Read(ref _holder);

    /// <summary>Acquires the lock. The request that holds it is asked to stop first.</summary>
    /// <param name="upload">The upload that the lock belongs to.</param>
    /// <param name="patience">How long to wait for each holder.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null if the lock is closed: look the upload up again.</returns>
    /// <exception cref="TimeoutException">
    /// The holder did not stop, or the upload was taken over too often lately.
    /// </exception>
    public async Task<UploadLease?> Acquire(UploadState upload, TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            Task released;
            lock (_gate)
            {
                if (_closed)
                    return null;
                if (_holder is null)
                    return _holder = new UploadLease(this, upload.Offset, time);
                // A late request of a dead connection must not stop the live one.
                cancellation.ThrowIfCancellationRequested();
                released = Stop(_holder);
            }
            await released.WaitAsync(patience, cancellation);
        }
    }

    /// <summary>Has the holder make its bytes durable, without releasing the upload.</summary>
    /// <returns>Ends when they are durable, or when the holder released the upload.</returns>
    public Task Publish()
    {
        lock (_gate)
            return _holder?.Publish() ?? Task.CompletedTask;
    }

    /// <summary>Closes the lock, unless a request holds it.</summary>
    public bool TryClose()
    {
        lock (_gate)
            return _closed = _closed || _holder is null;
    }

    /// <summary>Closes the lock. Called by the holder: nobody acquires it after that.</summary>
    public void Close() => _closed = true;

    /// <summary>The holder is done.</summary>
    public void Release(UploadLease lease)
    {
        lock (_gate)
        {
            if (_holder == lease)
                _holder = null;
        }
    }

    private Task Stop(UploadLease holder)
    {
        if (holder.IsMoving && !(_takeOvers ??= new(time)).Allow())
            throw new TimeoutException("This upload is taken over too often.");
        if (!holder.IsStopped)
            UploadTelemetry.TakeOver();
        holder.Stop();
        return holder.Released;
    }
}

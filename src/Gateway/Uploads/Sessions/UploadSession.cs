using OrleansIngest.Gateway.Uploads.Bodies;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Sessions;

/// <summary>
/// An open upload in this process: where it is, and who holds it. One request at a time may change it; a newcomer asks
/// the holder to stop, for a phone that comes back on a new connection must not wait for its old one to die.
/// </summary>
internal sealed class UploadSession(UploadRow row, long offset, TimeProvider time)
{
    private readonly Lock _lock = new();
    private TakeOvers? _takeOvers;
    private UploadHold? _holder;
    private long _offset = offset;
    private long _safe = offset;
    private long? _promised;
    private bool _closed;

    /// <summary>The upload's row; its length may be set later.</summary>
    public UploadRow Row { get; private set; } = row;

    /// <summary>Bytes here. Only the holder moves it; anybody may look.</summary>
    public long Offset
    {
        get => Volatile.Read(ref _offset);
        set => Volatile.Write(ref _offset, value);
    }

    /// <summary>Bytes that are as durable as the deployment promises: what a client may be told. At most <see cref="Offset"/>.</summary>
    public long SafeOffset
    {
        get => Volatile.Read(ref _safe);
        set => Volatile.Write(ref _safe, value);
    }

    /// <summary>
    /// The SHA-256 of the first <see cref="Offset"/> bytes while it is known; only the holder may touch it. Nobody needs that of
    /// a partial upload, and that of a final is known when its parts are read.
    /// </summary>
    public RunningHash? Hash { get; set; } = offset == 0 && row.Concat.Length == 0 ? new RunningHash(row.DeclaredSha512 is not null) : null;

    /// <summary>Whether the client has said how long it is, and all of it is here. A final's bytes are those of its parts.</summary>
    public bool IsWhole => Row.Length == Offset && !Row.IsFinal;

    /// <summary>The request that holds it, if any.</summary>
    public UploadHold? Holder => Volatile.Read(ref _holder);

    /// <summary>What was written is here; what is safe of it never falls back.</summary>
    public void Count(IMediaWriter writer)
    {
        Offset = writer.Offset;
        SafeOffset = Math.Max(SafeOffset, writer.SafeOffset);
    }

    /// <summary>What a client is told: <see cref="SafeOffset"/>.</summary>
    public long Tell()
    {
        lock (_lock)
        {
            if (_promised < SafeOffset)
                _promised = null;
            return SafeOffset;
        }
    }

    /// <summary>
    /// As <see cref="Tell"/>, to a client that asks while another request sends the upload. It may go on there, even if
    /// more comes on the line that it has lost; unless somebody is told of that.
    /// </summary>
    public long Promise()
    {
        lock (_lock)
        {
            _promised = SafeOffset;
            return SafeOffset;
        }
    }

    /// <summary>
    /// The holder goes back to where its client was promised that it could go on: what came since does not count, and
    /// nobody was told of it. Whatever was promised, it is not any more.
    /// </summary>
    /// <returns>False if the client was promised nothing, or there is nothing beyond.</returns>
    public bool TryGoBack(long offset)
    {
        lock (_lock)
        {
            var isPromised = _promised == offset;
            _promised = null;
            if (!isPromised || offset >= Offset || IsWhole)
                return false;
            Hash?.Dispose();
            Hash = null; // it cannot go back: the completion reads all bytes once more
            Offset = SafeOffset = offset;
            return true;
        }
    }

    /// <summary>The length was set, or the expiry put off.</summary>
    public void Update(UploadRow row) => Row = row;

    /// <summary>A final has all of its parts: so many bytes, whose hash nobody knows yet.</summary>
    public void Join(long length)
    {
        Hash?.Dispose();
        Hash = null;
        Offset = SafeOffset = length;
    }

    /// <summary>
    /// Takes the upload, asking whoever holds it to stop first.
    /// </summary>
    /// <returns>Null if the session is closed: look the upload up again.</returns>
    /// <exception cref="TimeoutException">The holder did not let go, or moving holders were stopped too often lately.</exception>
    public async Task<UploadHold?> Take(TimeSpan patience, CancellationToken cancellation)
    {
        while (true)
        {
            Task released;
            lock (_lock)
            {
                if (_closed)
                    return null;
                if (_holder is null)
                    return _holder = new UploadHold(this, time);
                var holder = _holder;
                if (holder.IsMoving && !(_takeOvers ??= new(time)).Allow())
                    throw new TimeoutException("This upload changes hands too often.");
                if (!holder.IsStopped)
                    UploadTelemetry.TakeOver();
                holder.Stop();
                released = holder.Released;
            }
            await released.WaitAsync(patience, cancellation);
        }
    }

    /// <summary>Whoever holds the upload makes safe what is here, and goes on.</summary>
    /// <param name="patience">How long that may take.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    public Task Publish(TimeSpan patience, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return _holder is null || SafeOffset == Offset
                ? Task.CompletedTask
                : _holder.Publish().WaitAsync(patience, cancellation);
        }
    }

    /// <summary>Ends the session if nobody holds it. It is looked up anew after that.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            if (_holder is not null)
                return false;
            Close();
            return true;
        }
    }

    /// <summary>The holder ends the session.</summary>
    public void Close()
    {
        _closed = true;
        Hash?.Dispose();
        Hash = null;
    }

    internal void Release(UploadHold hold)
    {
        lock (_lock)
        {
            if (_holder == hold)
                _holder = null;
        }
    }
}

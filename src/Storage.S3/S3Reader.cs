using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Storage.S3;

/// <summary>
/// Reads objects one after another as one. While it is read in order, one request brings more and
/// more bytes at a time; a jump begins a small one. Not thread-safe.
/// </summary>
internal sealed class S3Reader(Bucket bucket, ReadSource source, Func<ValueTask> closed) : IMediaReader
{
    private const long FirstWindow = 1 << 20;
    private const long LargestWindow = 64 << 20;
    private const int MaxTries = 3;

    private ReadSource _source = source;
    private Stream? _stream;
    private long _position; // of the stream's next byte
    private long _end; // of the bytes that the stream has
    private long _window = FirstWindow;
    private bool _isClosed;

    /// <inheritdoc/>
    public long Length { get; } = source.Length;

    /// <inheritdoc/>
    public async ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default)
    {
        if (offset >= Length || buffer.IsEmpty)
            return 0;
        for (var tries = 1; ; tries++)
        {
            try
            {
                if (_stream is null || offset != _position || _position == _end)
                    await Open(offset, cancellation);
                if (await Read(buffer, cancellation) is > 0 and var count)
                {
                    _position += count;
                    return count;
                }
                throw new IOException("The S3 server sent fewer bytes than it announced.");
            }
            catch (Exception e) when (e is IOException or HttpRequestException && !cancellation.IsCancellationRequested)
            {
                await Close();
                if (tries == MaxTries || e is StoreUnavailableException or FileNotFoundException)
                    throw e as IOException ?? new IOException(e.Message, e);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Close();
        if (!_isClosed)
        {
            _isClosed = true;
            await closed();
        }
    }

    /// <summary>Reads from the stream. A server that is silent for too long has failed.</summary>
    private async ValueTask<int> Read(Memory<byte> buffer, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(bucket.Patience);
        try
        {
            return await _stream!.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("The S3 server stopped in the middle of an object.", e);
        }
    }

    private async Task Open(long offset, CancellationToken cancellation)
    {
        _window = _stream is not null && offset == _position ? Math.Min(4 * _window, LargestWindow) : FirstWindow;
        await Close();
        var range = await OpenAt(offset, cancellation);
        (_position, _end) = (offset, offset + range.Length);
    }

    private async Task<ObjectRange> OpenAt(long offset, CancellationToken cancellation)
    {
        try
        {
            return await OpenAt(_source, offset, cancellation);
        }
        catch (FileNotFoundException) when (_source.Finished is not null)
        {
            // The blob was incoming, and may have been finished meanwhile.
            var range = await OpenAt(_source.Finished, offset, cancellation);
            _source = _source.Finished;
            return range;
        }
    }

    private async Task<ObjectRange> OpenAt(ReadSource from, long offset, CancellationToken cancellation)
    {
        var range = from.RangeAt(offset, _window);
        _stream = await bucket.Read(range, cancellation);
        return range;
    }

    private async ValueTask Close()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        _stream = null;
    }
}

/// <summary>What a reader reads.</summary>
/// <param name="Ranges">
/// The objects in order; an empty key stands for a part of an unfinished multipart upload, which
/// S3 lets nobody read.
/// </param>
/// <param name="Finished">What it becomes when the blob is finished.</param>
internal sealed record ReadSource(IReadOnlyList<ObjectRange> Ranges, ReadSource? Finished = null)
{
    /// <summary>The number of bytes.</summary>
    public long Length { get; } = Ranges.Sum(range => range.Length);

    /// <summary>The bytes from an offset on that one request can bring.</summary>
    /// <exception cref="FileNotFoundException">
    /// They are in a part that cannot be read yet.
    /// </exception>
    public ObjectRange RangeAt(long offset, long length)
    {
        foreach (var range in Ranges)
        {
            if (offset >= range.Length)
                offset -= range.Length;
            else if (range.Key.Length == 0)
                break;
            else
                return new ObjectRange(range.Key, range.Offset + offset, Math.Min(length, range.Length - offset));
        }
        throw new FileNotFoundException("S3 lets nobody read these bytes before the upload is finished.");
    }
}

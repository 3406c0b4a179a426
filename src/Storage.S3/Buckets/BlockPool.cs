using System.Collections.Concurrent;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// Blocks of memory for bytes that wait to be sent. There are never more than the budget allows;
/// some that are not used are kept, the rest is left to the garbage collector.
/// </summary>
internal sealed class BlockPool(long budget) : IDisposable
{
    /// <summary>The bytes of a block: below the size of large objects.</summary>
    public const int BlockLength = 64 << 10;

    /// <summary>The number of unused blocks that are kept, 64 MiB.</summary>
    private const int MaxKept = 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _free = new(Math.Max(1, (int)(budget / BlockLength)));
    private readonly ConcurrentBag<byte[]> _kept = [];

    /// <summary>The number of blocks that may still be rented.</summary>
    public int Free => _free.CurrentCount;

    /// <summary>Rents a block; null if the budget is used up.</summary>
    public byte[]? TryRent() => _free.Wait(0) ? Get() : null;

    /// <summary>Rents a block, as soon as there is one.</summary>
    /// <exception cref="StoreBusyException">There was none for 30 seconds.</exception>
    public async ValueTask<byte[]> Rent(CancellationToken cancellation) =>
        await _free.WaitAsync(s_patience, cancellation)
            ? Get()
            : throw new StoreBusyException("Too many bytes wait to be sent to S3.");

    /// <summary>Gives a block back. Nothing may use it any more.</summary>
    public void Return(byte[] block)
    {
        if (_kept.Count < MaxKept)
            _kept.Add(block);
        _free.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private byte[] Get() => _kept.TryTake(out var block) ? block : new byte[BlockLength];
}

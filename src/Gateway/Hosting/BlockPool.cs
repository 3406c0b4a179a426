using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The memory pool that Kestrel receives request bytes into. Kestrel's default blocks are 4 KiB, so
/// a large body costs one system call, one hash update and one write for every 4 KiB. These blocks
/// take 64 KiB of body (docs/performance.md has the figures). An idle connection holds no block:
/// Kestrel rents one only when data has arrived.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    // 64 KiB of body, and 4 KiB for the request headers that are received together with
    // its first bytes.
    private const int BlockSize = (64 + 4) * 1024;

    private static readonly TimeSpan s_trimInterval = TimeSpan.FromSeconds(10);

    // A stack, so that the block that was used last is rented first: it is still in the processor's
    // cache.
    private readonly Stack<Block> _free = new();
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private int _unused; // the smallest number of free blocks since the last trim

    public BlockPool() =>
        _timer = new Timer(static pool => ((BlockPool)pool!).Trim(), this, s_trimInterval, s_trimInterval);

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <summary>The number of blocks that are not rented.</summary>
    internal int Free
    {
        get
        {
            lock (_lock)
                return _free.Count;
        }
    }

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        lock (_lock)
        {
            if (_free.TryPop(out var block))
            {
                _unused = Math.Min(_unused, _free.Count);
                return block;
            }
        }
        return new Block(this);
    }

    /// <summary>
    /// Leaves to the garbage collector the blocks that were free during the whole last interval. So
    /// the memory of a burst of uploads does not stay allocated for ever.
    /// </summary>
    internal void Trim()
    {
        lock (_lock)
        {
            for (; _unused > 0; _unused--)
                _free.Pop();
            _unused = _free.Count;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _timer.Dispose();

    private void Return(Block block)
    {
        lock (_lock)
            _free.Push(block);
    }

    /// <summary>
    /// A block, allocated in the pinned object heap, so that the socket need not pin it
    /// for each receive.
    /// </summary>
    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        /// <inheritdoc/>
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(
            GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);

        /// <inheritdoc/>
        public void Dispose() => pool.Return(this);
    }

    /// <summary>Creates Kestrel's memory pools.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }
}

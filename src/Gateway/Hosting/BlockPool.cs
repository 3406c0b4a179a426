using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace OrleansIngest.Gateway.Hosting;

/// <summary>
/// The blocks that Kestrel receives into. Its own are 4 KiB, which makes a large body one system call, one piece to hash and
/// one to write for every 4 KiB; these take 64 KiB (docs/performance.md has the figures). A connection that waits holds none.
/// </summary>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int BlockSize = (64 + 4) * 1024; // with the head that comes before the first bytes of a body

    private static readonly TimeSpan s_trimInterval = TimeSpan.FromSeconds(10);

    // The block that was used last comes first: it is still in the processor's cache.
    private readonly Stack<Block> _free = new();
    private readonly Lock _lock = new();
    private readonly Timer _timer;
    private int _unused; // the fewest that were free since the last trim

    public BlockPool() => _timer = new Timer(static pool => ((BlockPool)pool!).Trim(), this, s_trimInterval, s_trimInterval);

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockSize;

    /// <summary>Blocks that nobody uses.</summary>
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

    /// <summary>What a burst needed and nobody has used since goes back to the garbage collector.</summary>
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

    /// <summary>Pinned for good, so that no receive has to pin it.</summary>
    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        /// <inheritdoc/>
        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true), 0, BlockSize);

        /// <inheritdoc/>
        public void Dispose() => pool.Return(this);
    }

    /// <summary>Gives Kestrel its pools.</summary>
    internal sealed class Factory : IMemoryPoolFactory<byte>
    {
        /// <inheritdoc/>
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockPool();
    }
}

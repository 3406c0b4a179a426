namespace OrleansIngest.Storage.S3.Buckets;

/// <summary>
/// Bytes in blocks of a pool. Not thread-safe; nothing is added while they are sent.
/// </summary>
internal sealed class Blocks(BlockPool pool) : IDisposable
{
    private readonly List<byte[]> _blocks = [];

    /// <summary>The number of bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the last block has room.</summary>
    public bool HasRoom => Length < (long)_blocks.Count * BlockPool.BlockLength;

    /// <summary>Adds an empty block.</summary>
    public void Add(byte[] block) => _blocks.Add(block);

    /// <summary>Copies as many bytes as the last block has room for.</summary>
    /// <returns>The number of bytes.</returns>
    public int Fill(ReadOnlySpan<byte> bytes)
    {
        if (!HasRoom)
            return 0;
        var used = (int)(Length % BlockPool.BlockLength);
        var count = Math.Min(bytes.Length, BlockPool.BlockLength - used);
        bytes[..count].CopyTo(_blocks[^1].AsSpan(used));
        Length += count;
        return count;
    }

    /// <summary>The bytes in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        var left = Length;
        foreach (var block in _blocks)
        {
            if (left == 0)
                yield break;
            var count = (int)Math.Min(left, BlockPool.BlockLength);
            yield return block.AsMemory(0, count);
            left -= count;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _blocks.ForEach(pool.Return);
        _blocks.Clear();
        Length = 0;
    }
}

using OrleansIngest.Gateway.Hosting;

namespace OrleansIngest.Unit.Tests.Gateway;

/// <summary>The blocks that bodies are received into.</summary>
public sealed class BlockPoolTests : IDisposable
{
    private readonly BlockPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void A_block_that_comes_back_is_given_out_again()
    {
        var first = _pool.Rent();
        first.Dispose();

        Assert.Same(first, _pool.Rent(4096));
        Assert.True(first.Memory.Length >= 64 * 1024);
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(_pool.MaxBufferSize + 1));
    }

    [Fact]
    public void What_only_a_burst_needed_goes()
    {
        Use(10);
        _pool.Trim();
        Use(3);
        Assert.Equal(10, _pool.Free);

        _pool.Trim();

        Assert.Equal(3, _pool.Free);
    }

    /// <summary>So many blocks at once.</summary>
    private void Use(int blocks)
    {
        foreach (var block in Enumerable.Range(0, blocks).Select(_ => _pool.Rent()).ToList())
            block.Dispose();
    }
}

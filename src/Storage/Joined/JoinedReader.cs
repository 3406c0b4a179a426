using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Joined;

/// <summary>Reads places one after another as if they were one. All are open from the beginning: none can be freed under it.</summary>
internal sealed class JoinedReader : IMediaReader
{
    private readonly List<IMediaReader> _parts = [];

    /// <inheritdoc/>
    public long Length => _parts.Sum(part => part.Length);

    /// <summary>Opens all parts.</summary>
    /// <exception cref="FileNotFoundException">One is not there.</exception>
    /// <exception cref="IOException">The store fails.</exception>
    public static async ValueTask<IMediaReader> Open(IMediaStore store, JoinedPlace joined, CancellationToken cancellation)
    {
        var reader = new JoinedReader();
        try
        {
            foreach (var part in joined.Parts)
                reader._parts.Add(await store.Read(part, cancellation));
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default)
    {
        foreach (var part in _parts)
        {
            if (offset < part.Length)
                return part.Read(buffer, offset, cancellation);
            offset -= part.Length;
        }
        return ValueTask.FromResult(0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts)
            await part.DisposeAsync();
    }
}

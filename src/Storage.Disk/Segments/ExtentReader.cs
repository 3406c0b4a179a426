using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Reads one extent.</summary>
/// <param name="extent">Which.</param>
/// <param name="file">Its segment, open to read.</param>
/// <param name="close">Told when it is done.</param>
internal sealed class ExtentReader(BlobId extent, SafeFileHandle file, Action close) : IMediaReader
{
    private int _closed;

    /// <inheritdoc/>
    public long Length => extent.Length;

    /// <inheritdoc/>
    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default)
    {
        var left = (int)Math.Clamp(extent.Length - offset, 0, buffer.Length);
        return left == 0 ? ValueTask.FromResult(0) : RandomAccess.ReadAsync(file, buffer[..left], extent.Offset + offset, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            file.Dispose();
            close();
        }
        return ValueTask.CompletedTask;
    }
}

using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Segments;

/// <summary>Reads one extent.</summary>
/// <param name="extent">The extent.</param>
/// <param name="file">The segment, open for reading. The reader closes it.</param>
/// <param name="onClosed">Called once, after the file is closed.</param>
internal sealed class ExtentReader(BlobId extent, SafeFileHandle file, Action onClosed) : IMediaReader
{
    private int _closed;

    /// <inheritdoc/>
    public long Length => extent.Length;

    /// <inheritdoc/>
    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default)
    {
        var count = (int)Math.Clamp(extent.Length - offset, 0, buffer.Length);
        return count == 0
            ? ValueTask.FromResult(0)
            : RandomAccess.ReadAsync(file, buffer[..count], extent.Offset + offset, cancellation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            file.Dispose();
            onClosed();
        }
        return ValueTask.CompletedTask;
    }
}

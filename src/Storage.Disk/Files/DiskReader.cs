using Microsoft.Win32.SafeHandles;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Disk.Files;

/// <summary>
/// Reads one file. The file stays readable while it is open, even if its name is removed.
/// </summary>
internal sealed class DiskReader(SafeFileHandle file, OpenFiles open) : IMediaReader
{
    private int _closed;

    /// <inheritdoc/>
    public long Length { get; } = RandomAccess.GetLength(file);

    /// <inheritdoc/>
    public ValueTask<int> Read(Memory<byte> buffer, long offset, CancellationToken cancellation = default) =>
        RandomAccess.ReadAsync(file, buffer, offset, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        file.Dispose();
        if (Interlocked.Exchange(ref _closed, 1) == 0)
            open.Close();
        return ValueTask.CompletedTask;
    }
}

using System.Buffers;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>For an upload of which all bytes are here: its place may be finished, so it is not opened for a body that has none to add.</summary>
/// <param name="length">Bytes in all.</param>
internal sealed class NoWriter(long length) : IMediaWriter
{
    /// <inheritdoc/>
    public long Offset => length;

    /// <inheritdoc/>
    public long SafeOffset => length;

    /// <inheritdoc/>
    public ValueTask Write(ReadOnlySequence<byte> bytes, CancellationToken cancellation = default) =>
        bytes.IsEmpty ? ValueTask.CompletedTask : throw new IOException("There is no room for these bytes.");

    /// <inheritdoc/>
    public ValueTask Sync(CancellationToken cancellation = default) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

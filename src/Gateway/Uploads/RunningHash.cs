using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>The SHA-256 of bytes that come one after another.</summary>
internal sealed class RunningHash : IDisposable
{
    private const int ReadBuffer = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            _hash.AppendData(segment.Span);
    }

    /// <summary>Bytes that lie in the store.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="pace">Told after each read how many there were; it may take its time.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task Append(IMediaReader reader, Func<int, Task>? pace = null, CancellationToken cancellation = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        try
        {
            long offset = 0;
            for (int read; (read = await reader.Read(buffer, offset, cancellation)) > 0; offset += read)
            {
                _hash.AppendData(buffer.AsSpan(0, read));
                await (pace?.Invoke(read) ?? Task.CompletedTask);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The hash of all of them so far.</summary>
    public Sha256Hash Value()
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        _hash.GetCurrentHash(bytes);
        return Sha256Hash.FromBytes(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}

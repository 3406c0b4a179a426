using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Grains;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>The SHA-256 of bytes that come one after another.</summary>
internal sealed class RunningHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            _hash.AppendData(segment.Span);
    }

    public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <summary>The hash of all of them; the next byte starts a new one.</summary>
    public Sha256Hash Finish()
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        _hash.GetHashAndReset(bytes);
        return Sha256Hash.FromBytes(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}

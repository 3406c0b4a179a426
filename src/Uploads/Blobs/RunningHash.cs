using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Uploads.Formats;

namespace OrleansIngest.Uploads.Blobs;

/// <summary>
/// The SHA-256 of bytes that come one after another, and the media type that the first of them
/// show.
/// </summary>
public sealed class RunningHash : IDisposable
{
    private const int ReadBuffer = 1 << 20;

    private readonly IncrementalHash _hash;
    private readonly IncrementalHash? _sha512;

    private byte[] _head = []; // only as long as the type is not known
    private string? _type;
    private Sha256Hash? _value;

    /// <summary>A hash of no bytes yet.</summary>
    /// <param name="withSha512">Whether the SHA-512 is computed, too.</param>
    public RunningHash(bool withSha512 = false)
    {
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _sha512 = withSha512 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA512) : null;
    }

    private RunningHash(RunningHash other)
    {
        (_hash, _sha512) = (other._hash.Clone(), other._sha512?.Clone());
        (_head, _type) = (other._head, other._type);
    }

    /// <summary>The media type that the first bytes show.</summary>
    public string MediaType => _type ?? MediaTypes.Sniff(_head);

    /// <summary>The hash of all bytes that lie in the store.</summary>
    /// <exception cref="IOException">The store fails.</exception>
    public static async Task<RunningHash> Of(IMediaStore store, BlobId blob, bool withSha512)
    {
        await using var reader = await store.Read(blob);
        var hash = new RunningHash(withSha512);
        try
        {
            await hash.Append(reader);
            return hash;
        }
        catch
        {
            hash.Dispose();
            throw;
        }
    }

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            Append(segment.Span);
    }

    /// <summary>Adds bytes that lie in the store.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="pace">
    /// Called after each read with the number of its bytes. It may wait, to slow the reading down.
    /// </param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="IOException">The store fails.</exception>
    public async Task Append(
        IMediaReader reader, Func<int, Task>? pace = null, CancellationToken cancellation = default)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBuffer);
        try
        {
            long offset = 0;
            for (int read; (read = await reader.Read(buffer, offset, cancellation)) > 0; offset += read)
            {
                Append(buffer.AsSpan(0, read));
                await (pace?.Invoke(read) ?? Task.CompletedTask);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A copy, to which other bytes can be added.</summary>
    public RunningHash Clone() => new(this);

    /// <summary>
    /// The SHA-512 of all bytes in lower-case hexadecimal digits; null if it is not computed.
    /// </summary>
    public string? Sha512() => _sha512 is null ? null : Convert.ToHexStringLower(_sha512.GetCurrentHash());

    /// <summary>The SHA-256 of all bytes. No bytes can be added after it.</summary>
    public Sha256Hash Value()
    {
        return _value ??= Finish();

        Sha256Hash Finish()
        {
            Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
            _hash.GetHashAndReset(bytes); // GetCurrentHash would copy its state first
            return Sha256Hash.FromBytes(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _sha512?.Dispose();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_value is not null)
            throw new InvalidOperationException("The hash is finished.");
        _hash.AppendData(bytes);
        _sha512?.AppendData(bytes);
        if (_type is null)
            Look(bytes[..Math.Min(bytes.Length, MediaTypes.HeadLength - _head.Length)]);
    }

    /// <summary>The first bytes mostly come at once. Then they need not be kept.</summary>
    private void Look(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == MediaTypes.HeadLength)
        {
            _type = MediaTypes.Sniff(bytes);
            return;
        }
        _head = [.. _head, .. bytes];
        if (_head.Length == MediaTypes.HeadLength)
            (_type, _head) = (MediaTypes.Sniff(_head), []);
    }
}

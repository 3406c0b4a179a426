using System.Buffers;
using System.Security.Cryptography;
using OrleansIngest.Gateway.Uploads.Formats;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads.Bodies;

/// <summary>What is known of bytes that come one after another: their SHA-256, and what kind of media it is.</summary>
internal sealed class RunningHash : IDisposable
{
    private const int ReadBuffer = 1 << 20;

    private readonly IncrementalHash _hash;
    private readonly IncrementalHash? _sha512;

    private byte[] _head = []; // only as long as the type is not known
    private string? _type;
    private Sha256Hash? _value;

    /// <summary>The hash of nothing yet.</summary>
    /// <param name="withSha512">Whether the SHA-512 is wanted too.</param>
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

    /// <summary>The type that the first bytes say it is.</summary>
    public string MediaType => _type ?? MediaTypes.Sniff(_head);

    public void Append(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
            Append(segment.Span);
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
                Append(buffer.AsSpan(0, read));
                await (pace?.Invoke(read) ?? Task.CompletedTask);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>One that goes its own way from here on.</summary>
    public RunningHash Clone() => new(this);

    /// <summary>The SHA-512 of all of them in hexadecimal digits, if it was wanted.</summary>
    public string? Sha512() => _sha512 is null ? null : Convert.ToHexStringLower(_sha512.GetCurrentHash());

    /// <summary>The hash of all of them. After it there are no more.</summary>
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

    /// <summary>The first bytes mostly come at once: then nobody has to keep them.</summary>
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

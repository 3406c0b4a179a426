using System.Buffers;
using System.Buffers.Binary;

namespace OrleansIngest.Grains;

/// <summary>
/// A SHA-256 as a value type of 32 bytes without an array, so that it can be the key
/// of a dictionary.
/// </summary>
[GenerateSerializer, Immutable, Alias("ingest.Sha256Hash")]
public readonly record struct Sha256Hash(
    [property: Id(0)] ulong A, [property: Id(1)] ulong B, [property: Id(2)] ulong C, [property: Id(3)] ulong D)
{
    /// <summary>The length of a SHA-256 in bytes.</summary>
    public const int Size = 32;

    /// <summary>Creates a hash from 32 bytes.</summary>
    /// <exception cref="ArgumentException">The length is not 32.</exception>
    public static Sha256Hash FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            throw new ArgumentException("A SHA-256 has 32 bytes.", nameof(bytes));
        return new Sha256Hash(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]));
    }

    /// <summary>Parses 64 hexadecimal digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> hex, out Sha256Hash hash)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var ok = hex.Length == 2 * Size
            && Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done;
        hash = ok ? FromBytes(bytes) : default;
        return ok;
    }

    /// <summary>The 32 bytes, in a new array.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>Writes the 32 bytes to a buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is too short.</exception>
    public void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
    }

    /// <summary>Formats the hash as 64 hexadecimal digits in lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}

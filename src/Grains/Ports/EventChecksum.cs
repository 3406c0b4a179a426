using System.Buffers.Binary;
using System.Numerics;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Computes the CRC-32C of an event together with its job and its seq. It detects bits that a disk
/// or the memory changed, and an event in a wrong place. It does not protect against intent: an
/// attacker who can change an event can change its checksum as well.
/// </summary>
public static class EventChecksum
{
    /// <summary>
    /// Computes the checksum of an event. It is computed when the event is encoded, stored with it
    /// and sent with it.
    /// </summary>
    /// <param name="job">The key of the job.</param>
    /// <param name="seq">The number of the event.</param>
    /// <param name="publicPart">The encoded part that watchers receive.</param>
    /// <param name="privatePart">The encoded part that only the server sees.</param>
    public static uint Of(string job, long seq, ReadOnlySpan<byte> publicPart, ReadOnlySpan<byte> privatePart)
    {
        var crc = uint.MaxValue;
        foreach (var letter in job)
            crc = BitOperations.Crc32C(crc, letter);
        crc = BitOperations.Crc32C(crc, (ulong)seq);
        // With the length, moving a byte from one part to the other changes the checksum.
        crc = BitOperations.Crc32C(crc, (uint)publicPart.Length);
        return ~Add(Add(crc, publicPart), privatePart);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes)
            crc = BitOperations.Crc32C(crc, one);
        return crc;
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace OrleansIngest.Grains.Ports;

/// <summary>
/// A CRC-32C over an event and what it is filed under: what was read is what was written, for this job and this seq. Disks
/// and memory change bits; whoever could change them on purpose could change this as well.
/// </summary>
public static class EventChecksum
{
    /// <summary>The checksum of an event: computed when the event is encoded, kept with it, and sent with it.</summary>
    /// <param name="job">The job's key.</param>
    /// <param name="seq">The event's number.</param>
    /// <param name="shown">The event as watchers get it.</param>
    /// <param name="hidden">What only the server sees.</param>
    public static uint Of(string job, long seq, ReadOnlySpan<byte> shown, ReadOnlySpan<byte> hidden)
    {
        var crc = uint.MaxValue;
        foreach (var letter in job)
            crc = BitOperations.Crc32C(crc, letter);
        crc = BitOperations.Crc32C(crc, (ulong)seq);
        crc = BitOperations.Crc32C(crc, (uint)shown.Length); // no byte passes from one part to the other
        return ~Add(Add(crc, shown), hidden);
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

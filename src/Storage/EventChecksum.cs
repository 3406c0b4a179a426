using System.Buffers.Binary;
using System.Numerics;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>
/// A CRC-32C over an event and what it is filed under: what was read is what was written, for this job and this seq. Disks
/// and memory change bits; whoever could change them on purpose could change this as well.
/// </summary>
internal static class EventChecksum
{
    public static uint Of(string job, JournalRow row)
    {
        var crc = uint.MaxValue;
        foreach (var letter in job)
            crc = BitOperations.Crc32C(crc, letter);
        crc = BitOperations.Crc32C(crc, (ulong)row.Event.Seq);
        crc = BitOperations.Crc32C(crc, (uint)row.Event.Bytes.Length); // no byte passes from one part to the other
        return ~Add(Add(crc, row.Event.Bytes.Span), row.Private.Span);
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

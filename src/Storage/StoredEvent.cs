using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage;

/// <summary>A row of the journal, and whether its checksum is right.</summary>
internal readonly record struct StoredEvent(JournalRow Row, bool IsIntact)
{
    public long Seq => Row.Event.Seq;

    /// <summary>A row as it was read.</summary>
    public static StoredEvent Of(string job, long seq, byte[] publicPart, byte[] privatePart, long checksum) => new(
        new JournalRow(new EncodedEvent(new Position(seq, (uint)checksum), publicPart), privatePart),
        checksum == EventChecksum.Of(job, seq, publicPart, privatePart));
}

namespace OrleansIngest.LoadTests.Probe;

/// <summary>The heap of a process.</summary>
/// <param name="Allocated">Bytes that were ever allocated.</param>
/// <param name="LargeBefore">Bytes on the large object heap before a collection; 0 without one.</param>
/// <param name="LargeAfter">The same after it. What is there before the next collection and was not there now was allocated meanwhile.</param>
/// <param name="FullCollections">How many there were so far.</param>
public readonly record struct HeapUsage(long Allocated, long LargeBefore, long LargeAfter, int FullCollections)
{
    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    internal static HeapUsage Read(Stream stream)
    {
        using var reader = new BinaryReader(stream);
        return new(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
    }

    internal void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        writer.Write(Allocated);
        writer.Write(LargeBefore);
        writer.Write(LargeAfter);
        writer.Write(FullCollections);
    }
}

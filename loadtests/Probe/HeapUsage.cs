namespace OrleansIngest.LoadTests.Probe;

/// <summary>The heap of a process.</summary>
/// <param name="Allocated">The bytes that were allocated since the start.</param>
/// <param name="LargeBefore">
/// The bytes on the large object heap before a collection; 0 without a collection.
/// </param>
/// <param name="LargeAfter">
/// The bytes on the large object heap after the collection. The difference to the next
/// <c>LargeBefore</c> was allocated in between.
/// </param>
/// <param name="FullCollections">The number of full collections so far.</param>
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

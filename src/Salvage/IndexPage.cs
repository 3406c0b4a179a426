using System.Buffers.Binary;

namespace OrleansIngest.Salvage;

/// <summary>
/// A page of an index b-tree (section 1.6 of https://www.sqlite.org/fileformat2.html). The rows of
/// a table without rowid are in such pages, in interior ones too (section 2.4).
/// </summary>
/// <param name="page">The page.</param>
/// <param name="number">Its number in the file, from 1.</param>
/// <param name="find">
/// Finds another page by its number; null if there is none, as of number 0.
/// </param>
internal sealed class IndexPage(byte[] page, uint number, Func<uint, byte[]?> find)
{
    /// <summary>The size of a page: SQLite's default, which the journal does not change.</summary>
    public const int Size = 4096;

    private const int DatabaseHeaderSize = 100; // at the beginning of page 1
    private const byte InteriorType = 0x02;
    private const byte LeafType = 0x0A;
    private const int InteriorHeaderSize = 12;
    private const int LeafHeaderSize = 8;
    private const int CellCountOffset = 3;
    private const int PageNumberSize = 4;

    // No row is nearly as long, and a damaged length must not take all memory.
    private const int MaxPayload = 1 << 20;

    // The section's X and M, by which it says how much of a payload is in the cell itself.
    private const int MaxLocal = ((Size - 12) * 64 / 255) - 23;
    private const int MinLocal = ((Size - 12) * 32 / 255) - 23;

    /// <summary>
    /// The records in all cells that can be read; none if it is a page of another type.
    /// </summary>
    public IEnumerable<object?[]> Records() => Cells().Select(TryRead).OfType<object?[]>();

    /// <summary>
    /// Where the payloads of the cells begin, by the cell pointer array. In an interior page, a
    /// cell has the number of its left child before its payload.
    /// </summary>
    private IEnumerable<int> Cells()
    {
        var header = number == 1 ? DatabaseHeaderSize : 0;
        var (array, beforePayload) = page[header] switch
        {
            LeafType => (header + LeafHeaderSize, 0),
            InteriorType => (header + InteriorHeaderSize, PageNumberSize),
            _ => (Size, 0), // another type of page: no cells
        };
        var end = Math.Min(Size, array + (sizeof(ushort) * UInt16(header + CellCountOffset)));
        for (var pointer = array; pointer < end; pointer += sizeof(ushort))
            yield return UInt16(pointer) + beforePayload;
    }

    private object?[]? TryRead(int cell)
    {
        try
        {
            return RecordFormat.Decode(Payload(cell));
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null; // A damaged number points outside the page or the payload.
        }
    }

    /// <summary>
    /// A payload, as far as it can be read. If only its length is damaged, it begins with a whole
    /// record, for a record says by itself where it ends.
    /// </summary>
    private ReadOnlySpan<byte> Payload(int offset)
    {
        var length = (ulong)RecordFormat.Varint(page, ref offset);
        var payload = new byte[Math.Min(length, MaxPayload)];
        var local = Math.Min(LocalSize(payload.Length), Size - offset);
        page.AsSpan(offset, local).CopyTo(payload);
        var link = offset + local;
        var next = link <= Size - PageNumberSize ? UInt32(page, link) : 0;
        return payload.AsSpan(0, payload.Length - CopyOverflow(next, payload.AsSpan(local)));
    }

    /// <summary>
    /// How many bytes of a payload are in its cell; the others are in overflow pages.
    /// </summary>
    private static int LocalSize(int payload)
    {
        if (payload <= MaxLocal)
            return payload;
        var local = MinLocal + ((payload - MinLocal) % (Size - PageNumberSize)); // the section's K
        return local <= MaxLocal ? local : MinLocal;
    }

    /// <summary>Section 1.7: every overflow page begins with the number of the next one.</summary>
    /// <returns>How many bytes are not there, because the chain ends before.</returns>
    private int CopyOverflow(uint next, Span<byte> rest)
    {
        while (rest.Length > 0 && find(next) is { } overflow)
        {
            var size = Math.Min(rest.Length, Size - PageNumberSize);
            overflow.AsSpan(PageNumberSize, size).CopyTo(rest);
            rest = rest[size..];
            next = UInt32(overflow, 0);
        }
        return rest.Length;
    }

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(offset));

    private static uint UInt32(byte[] page, int offset) => BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(offset));
}

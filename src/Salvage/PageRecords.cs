using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage.Disk;

namespace OrleansIngest.Salvage;

/// <summary>
/// The records that lie in the pages of a SQLite file and of its log, whatever other pages say of them
/// (https://www.sqlite.org/fileformat2.html#b_tree_pages). It looks at tables without rowid only, which those are that count.
/// What is found may be old or damaged: whoever takes it must be able to tell.
/// </summary>
internal sealed class PageRecords(string database) : IDisposable
{
    private const int PageSize = 4096;
    private const int FileHeaderSize = 100; // on page 1
    private const int LogHeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const int InteriorPage = 2;
    private const int LeafPage = 10;
    private const int MaxPayload = 1 << 20; // no row of ours is nearly as long

    // How much of a payload lies on the page itself: the format's own formulas.
    private const int MaxLocal = ((PageSize - 12) * 64 / 255) - 23;
    private const int MinLocal = ((PageSize - 12) * 32 / 255) - 23;

    private static readonly int[] s_integerSizes = [0, 1, 2, 3, 4, 6, 8];

    private readonly SafeFileHandle? _file = DiskFile.TryOpen(database);
    private readonly SafeFileHandle? _log = DiskFile.TryOpen(WriteAheadLog.PathOf(database));

    /// <summary>All of them: values are long, string, byte[] or null.</summary>
    public IEnumerable<object?[]> All() => InFile().Concat(InLog());

    public void Dispose()
    {
        _file?.Dispose();
        _log?.Dispose();
    }

    private IEnumerable<object?[]> InFile()
    {
        for (uint number = 1; PageOfFile(number) is { } page; number++)
        {
            foreach (var record in Records(page, number, PageOfFile))
                yield return record;
        }
    }

    private IEnumerable<object?[]> InLog()
    {
        var newest = new Dictionary<uint, long>();
        foreach (var (number, offset) in Frames())
            newest[number] = offset;
        foreach (var (number, offset) in Frames())
        {
            foreach (var record in Read(_log, offset) is { } page ? Records(page, number, PageOfBoth) : [])
                yield return record;
        }
        byte[]? PageOfBoth(uint number) => newest.TryGetValue(number, out var offset) ? Read(_log, offset) : PageOfFile(number);
    }

    private IEnumerable<(uint Number, long Offset)> Frames()
    {
        for (long offset = LogHeaderSize; Read(_log, offset) is { } frame; offset += FrameHeaderSize + PageSize)
            yield return (BinaryPrimitives.ReadUInt32BigEndian(frame), offset + FrameHeaderSize);
    }

    private byte[]? PageOfFile(uint number) => number == 0 ? null : Read(_file, (number - 1L) * PageSize);

    /// <summary>A page, with zeros for what is missing at the end; null behind it.</summary>
    private static byte[]? Read(SafeFileHandle? file, long offset)
    {
        var page = new byte[PageSize];
        return file is not null && RandomAccess.Read(file, page, offset) > 0 ? page : null;
    }

    private static List<object?[]> Records(byte[] page, uint number, Func<uint, byte[]?> find)
    {
        var header = page.AsSpan(number == 1 ? FileHeaderSize : 0);
        var (pointers, child) = header[0] switch { LeafPage => (8, 0), InteriorPage => (12, 4), _ => (-1, 0) };
        var records = new List<object?[]>();
        for (var i = 0; pointers > 0 && i < BinaryPrimitives.ReadUInt16BigEndian(header[3..]) && pointers + (2 * i) + 2 <= header.Length; i++)
        {
            var cell = BinaryPrimitives.ReadUInt16BigEndian(header[(pointers + (2 * i))..]);
            if (TryRead(page, cell + child, find) is { } record)
                records.Add(record);
        }
        return records;
    }

    private static object?[]? TryRead(byte[] page, int cell, Func<uint, byte[]?> find)
    {
        try
        {
            return Record(Payload(page, cell, find));
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            return null; // it leads out of its page: it is none
        }
    }

    private static byte[] Payload(byte[] page, int cell, Func<uint, byte[]?> find)
    {
        var payload = new byte[(int)Math.Min((ulong)Varint(page, ref cell), MaxPayload)];
        var local = MinLocal + ((payload.Length - MinLocal) % (PageSize - 4));
        local = payload.Length <= MaxLocal ? payload.Length : local <= MaxLocal ? local : MinLocal;
        page.AsSpan(cell, local).CopyTo(payload);
        var (source, link) = (page, cell + local);
        for (var rest = payload.AsSpan(local); rest.Length > 0; rest = rest[Math.Min(rest.Length, PageSize - 4)..])
        {
            source = find(BinaryPrimitives.ReadUInt32BigEndian(source.AsSpan(link))) ?? throw new ArgumentException("The payload has no end.", nameof(page));
            source.AsSpan(4, Math.Min(rest.Length, PageSize - 4)).CopyTo(rest);
            link = 0;
        }
        return payload;
    }

    private static object?[] Record(byte[] payload)
    {
        var values = new List<object?>();
        var type = 0;
        var end = checked((int)Varint(payload, ref type));
        for (var value = end; type < end;)
            values.Add(Value(Varint(payload, ref type), payload, ref value));
        return [.. values];
    }

    private static object? Value(long type, byte[] payload, ref int offset)
    {
        if (type is 0 or 8 or 9)
            return type == 0 ? null : type - 8;
        var size = checked((int)(type < 7 ? s_integerSizes[type] : (type - 12) / 2));
        var bytes = payload.AsSpan(offset, size);
        offset += size;
        return type < 7 ? Integer(bytes) : type % 2 == 0 ? bytes.ToArray() : Encoding.UTF8.GetString(bytes);
    }

    private static long Integer(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var one in bytes[1..])
            value = (value << 8) | one;
        return value;
    }

    private static long Varint(byte[] bytes, ref int offset)
    {
        long value = 0;
        for (var i = 0; i < 8; i++)
        {
            var one = bytes[offset++];
            value = (value << 7) | (uint)(one & 0x7F);
            if (one < 0x80)
                return value;
        }
        return (value << 8) | bytes[offset++];
    }
}

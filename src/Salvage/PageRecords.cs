using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage.Disk.Files;

namespace OrleansIngest.Salvage;

/// <summary>
/// Reads the records of all tables without rowid in a SQLite file and its write-ahead log. It finds
/// every page by its position and not by the pages that refer to it, so a damaged page hides no
/// other. A record may be old or damaged: the caller must be able to tell. Comments name the
/// sections of https://www.sqlite.org/fileformat2.html.
/// </summary>
internal sealed class PageRecords(string database) : IDisposable
{
    private readonly SafeFileHandle? _file = DiskFile.TryOpen(database);
    private readonly SafeFileHandle? _log = DiskFile.TryOpen(WriteAheadLog.PathOf(database));

    /// <summary>All records. A value is a long, a string, a byte[] or null.</summary>
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
            foreach (var record in new IndexPage(page, number, PageOfFile).Records())
                yield return record;
        }
    }

    /// <summary>
    /// Section 4.1. Salts and checksums are not compared, because the frames behind a damaged one
    /// may be intact. Of several versions of an overflow page, the last one in the log counts.
    /// </summary>
    private IEnumerable<object?[]> InLog()
    {
        var newest = new Dictionary<uint, long>();
        foreach (var (number, offset) in Frames())
            newest[number] = offset;
        return Frames().SelectMany(frame => Read(_log, frame.Offset) is { } page
            ? new IndexPage(page, frame.Number, PageOfBoth).Records()
            : []);

        byte[]? PageOfBoth(uint number) =>
            newest.TryGetValue(number, out var offset) ? Read(_log, offset) : PageOfFile(number);
    }

    /// <summary>The frames of the log: a page's number, and where the page is in the log.</summary>
    private IEnumerable<(uint Number, long Offset)> Frames()
    {
        const int FrameSize = WriteAheadLog.FrameHeaderSize + IndexPage.Size;
        for (long offset = WriteAheadLog.HeaderSize; Read(_log, offset) is { } frame; offset += FrameSize)
            yield return (BinaryPrimitives.ReadUInt32BigEndian(frame), offset + WriteAheadLog.FrameHeaderSize);
    }

    private byte[]? PageOfFile(uint number) => number == 0 ? null : Read(_file, (number - 1L) * IndexPage.Size);

    /// <summary>
    /// Reads a page. Zeros stand for what a cut file lacks of it; null if the file lacks all of it.
    /// </summary>
    private static byte[]? Read(SafeFileHandle? file, long offset)
    {
        var page = new byte[IndexPage.Size];
        return file is not null && RandomAccess.Read(file, page, offset) > 0 ? page : null;
    }
}

using System.Buffers.Binary;

namespace OrleansIngest.Component.Tests.Sqlite;

/// <summary>
/// What SQLite's write-ahead log says about itself
/// (https://www.sqlite.org/fileformat2.html#walformat): the honest count of commits, for a frame
/// that ends one carries the database's size in pages.
/// </summary>
/// <param name="Generation">Goes up when the log begins anew.</param>
/// <param name="Commits">Transactions in it.</param>
internal sealed record WriteAheadLog(uint Generation, int Commits)
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;

    public static WriteAheadLog Read(string database)
    {
        var bytes = ReadShared(database + "-wal");
        var pageSize = (int)Number(bytes, 8);
        var commits = 0;
        for (var frame = HeaderSize; frame < bytes.Length; frame += FrameHeaderSize + pageSize)
            commits += Number(bytes, frame + 4) > 0 ? 1 : 0;
        return new WriteAheadLog(Number(bytes, 12), commits);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static uint Number(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(offset));
}

using System.Buffers.Binary;

namespace OrleansIngest.Salvage.Checks;

/// <summary>
/// What SQLite's write-ahead log contains (section 4.1 of https://www.sqlite.org/fileformat2.html).
/// SQLite reads a log up to the first frame that is wrong, and takes that for the end of what was
/// written. This class also looks at the frames behind it.
/// </summary>
/// <param name="IsUsable">Whether the log exists and has an intact header.</param>
/// <param name="Lost">How many transactions end at or behind the first frame that is wrong. SQLite
/// does not see them.</param>
internal sealed record WriteAheadLog(bool IsUsable, int Lost)
{
    /// <summary>The size of the header of a log.</summary>
    public const int HeaderSize = 32;

    /// <summary>The size of the header of a frame; the page follows it.</summary>
    public const int FrameHeaderSize = 24;

    private const uint Magic = 0x377F0682; // One more if the checksums are of big-endian words.

    private static readonly WriteAheadLog s_none = new(IsUsable: false, Lost: 0);

    /// <summary>The path of a database's log.</summary>
    public static string PathOf(string database) => database + "-wal";

    /// <summary>Reads the whole log of a database.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public static WriteAheadLog Of(string database)
    {
        if (!File.Exists(PathOf(database)))
            return s_none;
        using var file = new FileStream(
            PathOf(database), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1 << 20);
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize
            || (Number(header, 0) & ~1u) != Magic)
            return s_none;
        var sum = new Checksum(IsBigEndian: Number(header, 0) != Magic, 0, 0).Add(header.AsSpan(0, 24));
        return sum.IsAt(header, 24) ? new WriteAheadLog(IsUsable: true, CountLost(file, header, sum)) : s_none;
    }

    private static int CountLost(FileStream file, byte[] header, Checksum sum)
    {
        var frame = new byte[FrameHeaderSize + (int)Number(header, 8)];
        var (isRight, lost) = (true, 0);
        while (file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length)
        {
            // A frame with other salts is left from an earlier log in the same file.
            var isOfThisLog = frame.AsSpan(8, 8).SequenceEqual(header.AsSpan(16, 8));
            sum = isRight ? sum.Add(frame.AsSpan(0, 8)).Add(frame.AsSpan(FrameHeaderSize)) : sum;
            isRight = isRight && isOfThisLog && sum.IsAt(frame, 16);
            // Only the last frame of a transaction has the size of the file.
            lost += !isRight && isOfThisLog && Number(frame, 4) > 0 ? 1 : 0;
        }
        return lost;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int offset) =>
        BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]);

    private readonly record struct Checksum(bool IsBigEndian, uint First, uint Second)
    {
        public Checksum Add(ReadOnlySpan<byte> bytes)
        {
            var (first, second) = (First, Second);
            for (; bytes.Length > 0; bytes = bytes[8..])
            {
                first += Word(bytes) + second;
                second += Word(bytes[4..]) + first;
            }
            return this with { First = first, Second = second };
        }

        public bool IsAt(ReadOnlySpan<byte> bytes, int offset) =>
            Number(bytes, offset) == First && Number(bytes, offset + 4) == Second;

        private uint Word(ReadOnlySpan<byte> bytes) => IsBigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}

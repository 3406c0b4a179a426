using System.Text;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The current row of a statement. Each call reads the next column.</summary>
internal sealed class Row(sqlite3_stmt statement)
{
    private const int MaxStackChars = 64;

    private readonly string[] _lastTexts = [.. Enumerable.Repeat("", raw.sqlite3_column_count(statement))];
    private int _column;

    public long Integer() => raw.sqlite3_column_int64(statement, _column++);

    public int Int() => checked((int)Integer());

    public bool Flag() => Integer() != 0;

    public DateTimeOffset Time() => new(Integer(), TimeSpan.Zero);

    public TimeSpan Span() => new(Integer());

    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>
    /// A text that consecutive rows often share, such as a device. Rows with the same text share
    /// one string, which saves memory.
    /// </summary>
    public string SharedText()
    {
        ref var last = ref _lastTexts[_column];
        var bytes = Bytes();
        return Ascii.Equals(bytes, last) ? last : last = Encoding.UTF8.GetString(bytes);
    }

    public byte[] Blob() => Bytes().ToArray();

    /// <summary>The id of a blob.</summary>
    /// <exception cref="FormatException">The text is not the id of a blob.</exception>
    public BlobId BlobId()
    {
        var bytes = Bytes();
        Span<char> text = bytes.Length <= MaxStackChars ? stackalloc char[MaxStackChars] : new char[bytes.Length];
        return Grains.Model.BlobId.Parse(text[..Encoding.UTF8.GetChars(bytes, text)]);
    }

    public Guid Uuid() => new(Bytes(), bigEndian: true);

    public Sha256Hash Sha256() => Sha256Hash.FromBytes(Bytes());

    public string? TextOrNull() => IsNull() ? null : Text();

    public BlobId? BlobIdOrNull() => IsNull() ? null : BlobId();

    public long? IntegerOrNull() => IsNull() ? null : Integer();

    public Guid? UuidOrNull() => IsNull() ? null : Uuid();

    public Sha256Hash? Sha256OrNull() => IsNull() ? null : Sha256();

    /// <summary>
    /// Whether the next column is null. If so, skips it and the columns that are null with it.
    /// </summary>
    /// <param name="columns">The number of columns to skip.</param>
    public bool IsNull(int columns = 1)
    {
        var isNull = raw.sqlite3_column_type(statement, _column) == raw.SQLITE_NULL;
        _column += isNull ? columns : 0;
        return isNull;
    }

    /// <summary>Returns to the first column.</summary>
    public void Rewind() => _column = 0;

    private ReadOnlySpan<byte> Bytes() => raw.sqlite3_column_blob(statement, _column++);
}

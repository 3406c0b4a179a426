using System.Text;
using Npgsql;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The current row of a result. Each call reads the next column.</summary>
internal sealed class Row(NpgsqlDataReader reader)
{
    private readonly Dictionary<int, string> _lastTexts = [];
    private int _column;

    public long Integer() => reader.GetInt64(_column++);

    public int Int() => reader.GetInt32(_column++);

    public bool Flag() => reader.GetBoolean(_column++);

    public DateTimeOffset Time() => new(Integer(), TimeSpan.Zero);

    public TimeSpan Span() => new(Integer());

    /// <summary>A time of PostgreSQL itself, in UTC.</summary>
    public DateTime Timestamp() => reader.GetDateTime(_column++);

    public string Text() => reader.GetString(_column++);

    public byte[] Bytes() => reader.GetFieldValue<byte[]>(_column++);

    /// <summary>Text that a client wrote, which is stored as UTF-8.</summary>
    public string Utf8() => Encoding.UTF8.GetString(Bytes());

    /// <summary>
    /// A text that consecutive rows often share, such as a device. Rows with the same text share
    /// one string, which saves memory.
    /// </summary>
    public string SharedText() => Shared(_column, Text());

    /// <inheritdoc cref="SharedText"/>
    public string SharedUtf8() => Shared(_column, Utf8());

    /// <summary>The id of a blob.</summary>
    /// <exception cref="FormatException">The text is not the id of a blob.</exception>
    public BlobId BlobId() => Grains.Model.BlobId.Parse(Text());

    public Guid Uuid() => reader.GetGuid(_column++);

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
        var isNull = reader.IsDBNull(_column);
        _column += isNull ? columns : 0;
        return isNull;
    }

    /// <summary>Returns to the first column.</summary>
    public void Rewind() => _column = 0;

    private string Shared(int column, string text)
    {
        if (_lastTexts.TryGetValue(column, out var last) && last == text)
            return last;
        return _lastTexts[column] = text;
    }
}

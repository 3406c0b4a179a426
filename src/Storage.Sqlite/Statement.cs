using System.Text;
using Microsoft.Data.Sqlite;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A prepared statement, which is reused. It calls SQLite directly, because every execution of an
/// ADO.NET command allocates a reader, boxes each parameter and looks up its name. Values are bound
/// in the order in which the parameters first appear in the SQL.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const int MaxStackBytes = 512;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly Row _row;
    private int _bound;

    public Statement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v2(connection, sql, out _statement));
        _row = new Row(_statement);
    }

    public Statement Bind(long value) => Bound(raw.sqlite3_bind_int64(_statement, ++_bound, value));

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(DateTimeOffset value) => Bind(value.UtcTicks);

    public Statement Bind(TimeSpan value) => Bind(value.Ticks);

    public Statement Bind(ReadOnlySpan<byte> value) => Bound(raw.sqlite3_bind_blob(_statement, ++_bound, value));

    public Statement Bind(Sha256Hash value)
    {
        Span<byte> bytes = stackalloc byte[Sha256Hash.Size];
        value.CopyTo(bytes);
        return Bind(bytes);
    }

    public Statement Bind(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(bytes);
    }

    public Statement Bind(string value) => Bind(value.AsSpan());

    public Statement Bind(ReadOnlySpan<char> value)
    {
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = size <= MaxStackBytes ? stackalloc byte[MaxStackBytes] : new byte[size];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        return Bound(raw.sqlite3_bind_text(_statement, ++_bound, bytes[..length]));
    }

    public Statement Bind(BlobId? value)
    {
        if (value is null)
            return BindNull();
        Span<char> text = stackalloc char[64]; // enough for all but joined blobs
        return value.TryFormat(text, out var length) ? Bind(text[..length]) : Bind(value.ToString());
    }

    public Statement BindNull() => Bound(raw.sqlite3_bind_null(_statement, ++_bound));

    public Statement BindOrNull(string? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(long? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(Guid? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(Sha256Hash? value) => value is { } some ? Bind(some) : BindNull();

    /// <summary>Runs the statement and ignores the rows that it returns.</summary>
    /// <returns>The number of rows that it changed.</returns>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public int Run()
    {
        try
        {
            while (Step())
            {
                // A PRAGMA may return a row.
            }
            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Returns the first row, or the default of the type if there is no row.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public T? One<T>(Func<Row, T> read)
    {
        try
        {
            return Step() ? read(_row) : default;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Returns all rows as a list.</summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    /// <exception cref="OperationCanceledException">
    /// The operation was canceled between two rows.
    /// </exception>
    public List<T> All<T>(Func<Row, T> read, CancellationToken cancellation = default)
    {
        try
        {
            var rows = new List<T>();
            while (Step())
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Add(read(_row));
            }
            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>
    /// Returns the rows one by one, without holding all of them in memory. The statement must not
    /// be used for anything else until the enumeration ends.
    /// </summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public IEnumerable<T> Each<T>(Func<Row, T> read)
    {
        try
        {
            while (Step())
                yield return read(_row);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>
    /// Returns all rows except those with impossible values, such as a UUID that is too short. Only
    /// a damaged file has such rows.
    /// </summary>
    /// <exception cref="SqliteException">The statement failed.</exception>
    public List<T> Readable<T>(Func<Row, T> read) where T : class
    {
        return [.. All(TryRead).OfType<T>()];

        T? TryRead(Row row)
        {
            try
            {
                return read(row);
            }
            catch (Exception e) when (e is ArgumentException or OverflowException or FormatException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            Check(result);
        _row.Rewind();
        return result == raw.SQLITE_ROW;
    }

    // sqlite3_reset returns the error of the last step again. It is ignored, because Step has
    // already thrown it.
    private void Reset()
    {
        _bound = 0;
        raw.sqlite3_reset(_statement);
    }

    private Statement Bound(int result)
    {
        Check(result);
        return this;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}

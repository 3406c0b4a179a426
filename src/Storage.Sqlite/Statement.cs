using System.Text;
using Microsoft.Data.Sqlite;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Model;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// A prepared statement, used again and again by its connection's one user. It speaks to SQLite directly: an ADO.NET
/// command costs a reader, a boxed value per parameter and a name look-up each time, which the byte path would feel.
/// Values are bound in the order in which the parameters first appear in the SQL.
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

    public Statement Bind(string value)
    {
        var size = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> bytes = size <= MaxStackBytes ? stackalloc byte[MaxStackBytes] : new byte[size];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        return Bound(raw.sqlite3_bind_text(_statement, ++_bound, bytes[..length]));
    }

    public Statement Bind(BlobId? value) => value is { } some ? Bind(some.ToString()) : BindNull();

    public Statement BindNull() => Bound(raw.sqlite3_bind_null(_statement, ++_bound));

    public Statement BindOrNull(string? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(long? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(Guid? value) => value is { } some ? Bind(some) : BindNull();

    public Statement Bind(Sha256Hash? value) => value is { } some ? Bind(some) : BindNull();

    /// <summary>Runs it.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Run()
    {
        try
        {
            while (Step())
            {
                // A PRAGMA answers with a row that nobody asked for.
            }
            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The first row, or the type's default if there is none.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
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

    /// <summary>All rows.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled between two rows.</exception>
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

    /// <summary>Row after row, for more of them than should be in memory at once. The statement is in use until the last is taken.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
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

    /// <summary>All rows, but for those that hold what was never written: bits that changed make a UUID too short, or a number too large.</summary>
    /// <exception cref="SqliteException">It failed.</exception>
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

    // What went wrong in the last step is said again here; it has been thrown already.
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

using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// The results of a batch, in the order of those statements that return rows.
/// </summary>
internal sealed class Results(NpgsqlDataReader reader, CancellationToken cancellation)
{
    /// <summary>The rows of the next result.</summary>
    public async Task<List<T>> All<T>(Func<Row, T> read)
    {
        var (rows, row) = (new List<T>(), new Row(reader));
        while (await reader.ReadAsync(cancellation))
        {
            row.Rewind();
            rows.Add(read(row));
        }
        await reader.NextResultAsync(cancellation);
        return rows;
    }

    /// <summary>
    /// The first row of the next result, or the default of the type if there is no row.
    /// </summary>
    public async Task<T?> One<T>(Func<Row, T> read) => (await All(read)) is [var first, ..] ? first : default;

    /// <summary>Whether the next result has a row.</summary>
    public async Task<bool> Any() => (await All(_ => true)).Count > 0;

    /// <summary>
    /// Reads to the end. Only then is a batch without a transaction of its own committed.
    /// </summary>
    public async Task End()
    {
        while (await reader.NextResultAsync(cancellation))
        {
            // The rows that are left interest nobody.
        }
    }
}

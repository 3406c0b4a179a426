using System.Data;
using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Runs statements on PostgreSQL. Every call of <see cref="Read"/> and <see cref="Write"/> sends
/// all of its statements together and makes one round trip.
/// </summary>
internal sealed class PostgresDatabase(PostgresStorageOptions options) : IDisposable
{
    private const int MaxTries = 5;

    // A transaction that has written to the log is committed only when the standbys have everything
    // that it saw. Without standbys everything that can be seen is durable already.
    private const string WaitForStandbys = """
        SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''
            THEN pg_logical_emit_message(true, 'ingest', '') END
        """;

    private readonly NpgsqlDataSource _reads = PostgresConnections.ForReads(options);
    private readonly NpgsqlDataSource _writes = PostgresConnections.ForWrites(options, options.MaxConnections / 2);

    /// <summary>Opens a connection for work at the start.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL cannot be reached.</exception>
    public NpgsqlConnection Open() => _writes.OpenConnection();

    /// <summary>Reads with statements that each see a snapshot of their own.</summary>
    /// <exception cref="JournalException">PostgreSQL cannot be read now.</exception>
    public async Task<T> Read<T>(
        Func<Results, Task<T>> read, CancellationToken cancellation, params NpgsqlBatchCommand[] statements)
    {
        try
        {
            await using var connection = await _reads.OpenConnectionAsync(cancellation);
            return await Run(connection, statements, read, cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw e.ToJournalException();
        }
    }

    /// <summary>
    /// Reads with statements that see the same snapshot. What they see is as durable as the
    /// deployment promises, also on its synchronous standbys.
    /// </summary>
    /// <exception cref="JournalException">PostgreSQL cannot be read now.</exception>
    public async Task<T> ReadDurable<T>(
        Func<Results, Task<T>> read, CancellationToken cancellation, params NpgsqlBatchCommand[] statements)
    {
        try
        {
            await using var connection = await _writes.OpenConnectionAsync(cancellation);
            using var warnings = new Warnings(connection);
            await using var transaction =
                await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            var result = await Run(
                connection, [.. statements, new NpgsqlBatchCommand(WaitForStandbys)], read, cancellation);
            await transaction.CommitAsync(cancellation);
            warnings.MustBeNone();
            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw e.ToJournalException();
        }
    }

    /// <summary>
    /// Runs statements in one transaction. It is repeated if PostgreSQL rolled it back because of
    /// another one.
    /// </summary>
    /// <exception cref="JournalException">
    /// The transaction is not committed, or it is unknown whether it is.
    /// </exception>
    public async Task<T> Write<T>(Func<Results, Task<T>> read, params NpgsqlBatchCommand[] statements)
    {
        try
        {
            return await Commit(_writes, () => statements, read);
        }
        catch (Exception e)
        {
            throw e.ToJournalException();
        }
    }

    /// <summary>Runs statements in one transaction on a connection of a pool.</summary>
    /// <exception cref="NpgsqlException">
    /// The transaction is not committed, or it is unknown whether it is.
    /// </exception>
    public static async Task<T> Commit<T>(
        NpgsqlDataSource pool, Func<IReadOnlyList<NpgsqlBatchCommand>> statements, Func<Results, Task<T>> read)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var connection = await pool.OpenConnectionAsync();
                using var warnings = new Warnings(connection);
                var result = await Run(connection, statements(), read, CancellationToken.None);
                warnings.MustBeNone();
                return result;
            }
            catch (Exception e) when (PostgresFailure.IsRetryable(e) && tries < MaxTries)
            {
                // PostgreSQL ended one of the transactions that waited for each other: this one.
            }
            catch (Exception e) when (PostgresFailure.IsStandby(e))
            {
                pool.Clear(); // the next connection may lead to the new primary
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reads.Dispose();
        _writes.Dispose();
    }

    /// <summary>
    /// Sends the statements together. Outside of a transaction they are one: PostgreSQL commits
    /// them all at the end, or none.
    /// </summary>
    private static async Task<T> Run<T>(
        NpgsqlConnection connection, IReadOnlyList<NpgsqlBatchCommand> statements, Func<Results, Task<T>> read,
        CancellationToken cancellation)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements)
            batch.BatchCommands.Add(statement);
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var results = new Results(reader, cancellation);
        var result = await read(results);
        await results.End();
        return result;
    }
}

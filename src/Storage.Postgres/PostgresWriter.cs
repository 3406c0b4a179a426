using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Commits appends. It has a few lanes, each with a connection; a job always uses the same lane, so
/// its appends stay in order and two lanes never wait for each other. A lane takes all appends that
/// wait for it and commits them as one transaction, so that many jobs share one round trip and one
/// sync of the disk (group commit). What arrives during a commit forms the next group.
/// </summary>
internal sealed class PostgresWriter : IDisposable
{
    private readonly NpgsqlDataSource _pool;
    private readonly WriterLane[] _lanes;

    /// <summary>Starts the lanes. They connect when there is something to commit.</summary>
    public PostgresWriter(PostgresStorageOptions options)
    {
        var lanes = Math.Max(1, options.MaxCommits);
        _pool = PostgresConnections.ForWrites(options, lanes);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new WriterLane(_pool))];
    }

    /// <summary>
    /// Commits an append with the next group of its lane. The task completes when the transaction
    /// is as durable as PostgreSQL is set up to make it.
    /// </summary>
    /// <exception cref="JournalException">
    /// The append is not committed, or it is unknown whether it is.
    /// </exception>
    public Task<AppendOutcome> Append(JournalAppend append) =>
        _lanes[(uint)string.GetHashCode(append.Job, StringComparison.Ordinal) % _lanes.Length].Append(append);

    /// <summary>
    /// Commits what waits, refuses later appends, and closes the connections.
    /// </summary>
    public void Dispose()
    {
        Task.WaitAll([.. _lanes.Select(lane => lane.End())]);
        _pool.Dispose();
    }
}

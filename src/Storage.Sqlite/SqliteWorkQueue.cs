using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The work queue in SQLite.</summary>
internal sealed class SqliteWorkQueue(SqliteWriter writer) : IWorkQueue
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<LeasedWork>> Lease(string kind, int limit, DateTimeOffset now, DateTimeOffset until) =>
        writer.Write<IReadOnlyList<LeasedWork>>(session => WorkTable.Lease(session, kind, limit, now, until));

    /// <inheritdoc/>
    public Task<bool> Complete(LeasedWork work) => writer.Write(session => WorkTable.Complete(session, work));

    /// <inheritdoc/>
    public Task<bool> Release(LeasedWork work, DateTimeOffset notBefore) =>
        writer.Write(session => WorkTable.Release(session, work, notBefore));
}

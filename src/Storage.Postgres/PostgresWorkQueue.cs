using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The work queue in PostgreSQL.</summary>
internal sealed class PostgresWorkQueue(PostgresDatabase database) : IWorkQueue
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<LeasedWork>> Lease(
        string kind, int limit, DateTimeOffset now, DateTimeOffset until)
    {
        var leased = await database.Write(
            results => results.All(WorkTable.Read), WorkTable.Lease(kind, limit, now, until));
        leased.Sort((a, b) => a.Id.CompareTo(b.Id)); // RETURNING guarantees no order
        return leased;
    }

    /// <inheritdoc/>
    public Task<bool> Complete(LeasedWork work) =>
        database.Write(results => results.Any(), WorkTable.Complete(work));

    /// <inheritdoc/>
    public Task<bool> Release(LeasedWork work, DateTimeOffset notBefore) =>
        database.Write(results => results.Any(), WorkTable.Release(work, notBefore));
}

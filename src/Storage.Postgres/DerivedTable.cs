using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Rows of the table <c>derived</c>, whose meaning only the job's projections know.
/// </summary>
internal static class DerivedTable
{
    private const string ListRows = "SELECT kind, key, value FROM derived WHERE job = $1";

    private const string PutRows = $"""
        INSERT INTO derived (job, kind, key, value)
        SELECT a.* FROM unnest($2::text[], $3::text[], $4::bytea[], $5::bytea[]) AS a (job, kind, key, value)
        {AppendGroup.OfAppended}
        ON CONFLICT (job, kind, key) DO UPDATE SET value = excluded.value
        """;

    private const string RemoveRows = $"""
        DELETE FROM derived USING unnest($2::text[], $3::text[], $4::bytea[]) AS a (job, kind, key)
        {AppendGroup.OfAppended}
        WHERE derived.job = a.job AND derived.kind = a.kind AND derived.key = a.key
        """;

    /// <summary>All derived rows of a job.</summary>
    public static NpgsqlBatchCommand List(string job) => new NpgsqlBatchCommand(ListRows).With(job);

    // Arguments are evaluated in the order of the columns.
    public static DerivedRow Read(Row row) => new(row.Text(), row.Utf8(), row.Bytes());

    /// <summary>
    /// Writes rows, which have values, of the jobs that a transaction appends to.
    /// </summary>
    public static NpgsqlBatchCommand Put(IReadOnlyCollection<OfJob<DerivedRow>> rows, Guid transaction) =>
        WithKeys(new NpgsqlBatchCommand(PutRows), rows, transaction)
            .WithEach(rows, a => a.Row.Value!.Value.ToArray());

    /// <summary>Removes rows of the jobs that a transaction appends to.</summary>
    public static NpgsqlBatchCommand Remove(IReadOnlyCollection<OfJob<DerivedRow>> rows, Guid transaction) =>
        WithKeys(new NpgsqlBatchCommand(RemoveRows), rows, transaction);

    private static NpgsqlBatchCommand WithKeys(
        NpgsqlBatchCommand statement, IReadOnlyCollection<OfJob<DerivedRow>> rows, Guid transaction) =>
        statement.With(transaction)
            .WithEach(rows, a => a.Job).WithEach(rows, a => a.Row.Kind).WithUtf8(rows, a => a.Row.Key);
}

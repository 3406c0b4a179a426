using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>
/// Rows of the table <c>derived</c>, whose meaning only the job's projections know.
/// </summary>
internal static class DerivedTable
{
    private const string ListRows = "SELECT kind, key, value FROM derived WHERE job = $job";
    private const string PutRow = "REPLACE INTO derived (job, kind, key, value) VALUES ($job, $kind, $key, $value)";
    private const string RemoveRow = "DELETE FROM derived WHERE job = $job AND kind = $kind AND key = $key";

    /// <summary>All derived rows of a job.</summary>
    public static List<DerivedRow> List(Session session, string job, CancellationToken cancellation = default) =>
        session.Query(ListRows).Bind(job).All(Read, cancellation);

    /// <summary>Adds or replaces a row, or removes it if it has no value.</summary>
    public static void Put(Session session, string job, DerivedRow row)
    {
        if (row.Value is { } value)
            session.Query(PutRow).Bind(job).Bind(row.Kind).Bind(row.Key).Bind(value.Span).Run();
        else
            session.Query(RemoveRow).Bind(job).Bind(row.Kind).Bind(row.Key).Run();
    }

    // Arguments are evaluated in the order of the columns.
    private static DerivedRow Read(Row row) => new(row.Text(), row.Text(), row.Blob());
}

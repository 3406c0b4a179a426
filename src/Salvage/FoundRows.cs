using Microsoft.Data.Sqlite;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Salvage;

/// <summary>
/// Puts the records that are found in a damaged database into a temporary one, whose constraints
/// refuse those that are no rows. An event is taken if its checksum is right. Of any other row, old
/// versions may be found too; the newest one is taken.
/// </summary>
internal static class FoundRows
{
    // By the number of columns: no two of these tables have as many.
    private static readonly ILookup<int, string> s_puts = new (int Columns, string Put)[]
    {
        (13, Put("uploads", columns: 13, newer: """
            job = ?1 AND media = ?2 AND (durable_offset, unverified_from IS NOT NULL) > (?8, ?10 IS NOT NULL)
            """)),
        (12, Put("jobs", columns: 12, newer: "job = ?1 AND head > ?2")),
        (25, Put("media", columns: 25, newer: "job = ?1 AND id = ?2 AND last_seq > ?24")),
    }.ToLookup(table => table.Columns, table => table.Put);

    /// <summary>Reads all pages of a database and its log into a temporary database.</summary>
    /// <exception cref="IOException">The files cannot be read.</exception>
    public static Session Of(string database)
    {
        var session = new Session(UntouchedDatabase.Temporary());
        using var records = new PageRecords(database);
        var events = new HashSet<(string, long)>();
        session.Transact("BEGIN", _ =>
        {
            foreach (var record in records.All())
                Put(session, record, events);
            return true;
        });
        return session;
    }

    private static void Put(Session session, object?[] record, HashSet<(string Job, long Seq)> events)
    {
        if (Event(record) is var (job, row) && events.Add((job, row.Event.Seq)))
            JournalTable.Put(session, job, row);
        foreach (var put in s_puts[record.Length])
            TryPut(session.Query(put), record);
    }

    /// <summary>The event in a record, if it is what was written.</summary>
    private static (string Job, JournalRow Row)? Event(object?[] record)
    {
        if (record is not [string job, long seq, byte[] bytes, byte[] hidden, long crc])
            return null;
        var checksum = EventChecksum.Of(job, seq, bytes, hidden);
        var row = new JournalRow(new EncodedEvent(new Position(seq, checksum), bytes), hidden);
        return crc == checksum ? (job, row) : null;
    }

    private static void TryPut(Statement statement, object?[] record)
    {
        try
        {
            foreach (var value in record)
                Bind(statement, value);
            statement.Run();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            // A value has the wrong type, or is missing where the column needs one.
        }
    }

    private static void Bind(Statement statement, object? value) => _ = value switch
    {
        long number => statement.Bind(number),
        string text => statement.Bind(text),
        byte[] bytes => statement.Bind(bytes),
        _ => statement.BindNull(),
    };

    private static string Put(string table, int columns, string newer)
    {
        var found = Enumerable.Range(1, columns).Select(column => $"?{column}");
        return $"""
            REPLACE INTO {table} SELECT {string.Join(", ", found)}
            WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {newer})
            """;
    }
}

using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>What is done with a connection once.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs statements.</summary>
    /// <returns>The first column of the first row, if there is one.</returns>
    /// <exception cref="SqliteException">It failed.</exception>
    public static object? Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Closing this connection leaves the write-ahead log as it is, even if it is the last one.</summary>
    public static void LeaveLog(this SqliteConnection connection) =>
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
}

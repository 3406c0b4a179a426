using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Commands that run rarely, without a prepared statement.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs one or more statements.</summary>
    /// <returns>The first column of the first row; null if there is no row.</returns>
    /// <exception cref="SqliteException">A statement failed.</exception>
    public static object? Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>
    /// Keeps the write-ahead log when this connection is closed. Otherwise SQLite moves the log
    /// into the database file and deletes it when the last connection is closed.
    /// </summary>
    public static void LeaveLog(this SqliteConnection connection) =>
        _ = raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
}

using Microsoft.Extensions.Logging;
using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Looks at the settings of PostgreSQL at the start: whether they keep what the server promises.
/// </summary>
internal static class ServerSettings
{
    private const int OldestVersion = 130_000; // PostgreSQL 13

    private const string Query = """
        SELECT current_setting('server_version_num')::integer, current_setting('server_encoding'),
            current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
            current_setting('synchronous_standby_names')
        """;

    /// <summary>
    /// Refuses a PostgreSQL that cannot be used, and logs a warning for each setting with which
    /// acknowledged data can be lost.
    /// </summary>
    /// <exception cref="StorageException">
    /// PostgreSQL cannot be used: it is too old, has another encoding than UTF-8, or does not sync
    /// although <see cref="Durability.Disk"/> is asked for.
    /// </exception>
    public static void Check(NpgsqlConnection connection, Durability durability, ILogger log)
    {
        var settings = Read(connection);
        if (Refusal(settings, durability) is { } refusal)
            throw new StorageException($"PostgreSQL cannot be used: {refusal}");
        foreach (var warning in Warnings(settings))
            log.LogWarning("PostgreSQL can lose what was acknowledged: {Warning}", warning);
    }

    private static string? Refusal(Settings settings, Durability durability) => settings switch
    {
        { Version: < OldestVersion } => "it is older than PostgreSQL 13. Upgrade it.",
        { Encoding: not "UTF8" } =>
            $"the database has the encoding {settings.Encoding}. Create one with ENCODING 'UTF8'.",
        { Fsync: "off" } when durability == Durability.Disk =>
            "its setting fsync is off, so a power cut destroys the database. Set fsync = on, or let the server"
            + " run with the durability 'process'.",
        _ => null,
    };

    private static IEnumerable<string> Warnings(Settings settings)
    {
        if (settings.Fsync == "off")
            yield return "fsync is off, so a power cut destroys the database. Set fsync = on.";
        if (settings.FullPageWrites == "off")
        {
            yield return "full_page_writes is off, so a power cut can leave half-written pages. Set"
                + " full_page_writes = on, unless the file system never tears a page.";
        }
        if (settings.SynchronousCommit == "off")
        {
            yield return "synchronous_commit is off, so a crash loses the last commits. Set synchronous_commit = on,"
                + " also for the role and the database of the server.";
        }
        if (settings is { SynchronousCommit: "local" or "remote_write", StandbyNames.Length: > 0 })
        {
            yield return $"synchronous_commit is {settings.SynchronousCommit}, so a failover loses the last commits."
                + " Set synchronous_commit = on.";
        }
    }

    private static Settings Read(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Query, connection);
        using var reader = command.ExecuteReader();
        reader.Read();
        return new Settings(
            reader.GetInt32(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
            reader.GetString(5));
    }

    private sealed record Settings(
        int Version, string Encoding, string Fsync, string FullPageWrites, string SynchronousCommit,
        string StandbyNames);
}

using System.Text.RegularExpressions;
using Npgsql;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Makes the pools of connections. No log and no message shows a connection string, because it may
/// contain a password.
/// </summary>
internal static partial class PostgresConnections
{
    /// <summary>How long a connection or an answer is waited for.</summary>
    public const int TimeoutSeconds = 5;

    private const int ForOrleansAtMost = 8;

    private const string IsStandby = "SELECT pg_is_in_recovery()";

    // Npgsql prepares a statement when it is used for the second time. There are about 60.
    private const int MaxPreparedStatements = 100;

    // A statement sees what was committed before it began: the fences depend on that.
    // The lock time-out is shorter than the client's, so that a wait ends with a clear error.
    // A node that was frozen within a transaction loses it, so that it holds back nobody. The
    // connections of a machine that is gone end within seconds, with their locks.
    private const string SessionSettings =
        @"-c default_transaction_isolation=read\ committed -c lock_timeout=4s"
        + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=15s"
        + " -c idle_in_transaction_session_timeout=60s";

    /// <summary>The connection string with the settings of the server.</summary>
    /// <exception cref="StorageException">The options are not valid.</exception>
    public static NpgsqlConnectionStringBuilder Settings(PostgresStorageOptions options)
    {
        if (!Identifier().IsMatch(options.Schema))
        {
            throw new StorageException(
                $"The schema '{options.Schema}' is not valid: it needs a lower-case letter, then lower-case letters,"
                + " digits and _, at most 63 characters.");
        }
        var settings = Parse(options.ConnectionString);
        if (string.IsNullOrWhiteSpace(settings.Host))
            throw new StorageException("The connection string of PostgreSQL names no Host.");
        settings.SearchPath = options.Schema;
        settings.Options = $"{SessionSettings} {settings.Options}".TrimEnd();
        settings.Timeout = Math.Clamp(settings.Timeout, 1, TimeoutSeconds);
        settings.CommandTimeout = Math.Clamp(settings.CommandTimeout, 1, TimeoutSeconds);
        settings.ApplicationName ??= "OrleansIngest";
        settings.PersistSecurityInfo = false;
        return settings;
    }

    /// <summary>The connection string for Orleans, which makes its connections itself.</summary>
    /// <exception cref="StorageException">The options are not valid.</exception>
    public static string ForOrleans(PostgresStorageOptions options)
    {
        var settings = Settings(options);
        settings.TargetSessionAttributes = HasManyHosts(settings) ? "primary" : null;
        settings.MaxPoolSize = ForOrleansAtMost;
        return settings.ConnectionString;
    }

    /// <summary>The pool for reads, whose callers may cancel them.</summary>
    /// <exception cref="StorageException">The options are not valid.</exception>
    public static NpgsqlDataSource ForReads(PostgresStorageOptions options) =>
        Build(options, options.MaxConnections - (options.MaxConnections / 2), cancellationTimeout: 1000);

    /// <summary>
    /// A pool for writes. A write that does not end in time breaks its connection at once: if it
    /// only waits for a standby, PostgreSQL answers a cancellation with success.
    /// </summary>
    /// <exception cref="StorageException">The options are not valid.</exception>
    public static NpgsqlDataSource ForWrites(PostgresStorageOptions options, int connections) =>
        Build(options, connections, cancellationTimeout: -1);

    private static NpgsqlDataSource Build(PostgresStorageOptions options, int connections, int cancellationTimeout)
    {
        var settings = Settings(options);
        settings.MaxPoolSize = Math.Max(1, connections);
        settings.MinPoolSize = 0;
        settings.CancellationTimeout = cancellationTimeout;
        settings.MaxAutoPrepare = MaxPreparedStatements;
        settings.AutoPrepareMinUsages = 2;
        settings.HostRecheckSeconds = 1;
        settings.TargetSessionAttributes = null; // it is asked for below
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        // With one host Npgsql's own choice of a host would avoid it for a second after some
        // errors.
        return HasManyHosts(settings)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Primary)
            : builder.UsePhysicalConnectionInitializer(MustBePrimary, MustBePrimaryAsync).Build();
    }

    private static bool HasManyHosts(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Contains(',', StringComparison.Ordinal) == true;

    private static void MustBePrimary(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(IsStandby, connection);
        MustBePrimary(command.ExecuteScalar());
    }

    private static async Task MustBePrimaryAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(IsStandby, connection);
        MustBePrimary(await command.ExecuteScalarAsync());
    }

    private static void MustBePrimary(object? isStandby)
    {
        if (isStandby is true)
            throw new NpgsqlException("it is a standby, which may not have the last commits");
    }

    // The exception's message can contain a part of a password, so it is not passed on.
    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new StorageException(
                "The connection string of PostgreSQL is not valid: it needs the form"
                + " 'Host=…;Database=…;Username=…;Password=…', and quotes around a value that contains ';'.");
        }
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Identifier();
}

using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Listens to the warnings of a connection. If a person or PostgreSQL itself cancels a commit that
/// waits for a standby, the commit succeeds with a warning only. Such data must not be
/// acknowledged.
/// </summary>
internal sealed class Warnings : IDisposable
{
    private readonly NpgsqlConnection _connection;
    private PostgresNotice? _last;

    /// <summary>Begins to listen.</summary>
    public Warnings(NpgsqlConnection connection)
    {
        _connection = connection;
        _connection.Notice += Keep;
    }

    /// <summary>Checks that no warning has come.</summary>
    /// <exception cref="JournalException">A warning has come.</exception>
    public void MustBeNone()
    {
        if (_last is { } warning)
            throw new JournalException($"PostgreSQL has committed, perhaps not durably: {warning.MessageText}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Notice -= Keep;

    private void Keep(object sender, NpgsqlNoticeEventArgs e)
    {
        if (e.Notice.InvariantSeverity == "WARNING")
            _last = e.Notice;
    }
}

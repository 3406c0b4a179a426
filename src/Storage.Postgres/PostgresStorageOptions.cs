namespace OrleansIngest.Storage.Postgres;

/// <summary>The settings of a <see cref="PostgresStorage"/>.</summary>
public sealed record PostgresStorageOptions
{
    /// <summary>
    /// The connection string in Npgsql's form, such as
    /// <c>Host=db1,db2;Database=ingest;Username=ingest;Password=…</c>. Of several hosts the primary
    /// is used. <see cref="ToString"/> does not show it, because it may contain a password.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// The schema that has all tables: a lower-case letter or <c>_</c>, then lower-case letters,
    /// digits and <c>_</c>, at most 63 characters. It is created if it does not exist.
    /// </summary>
    public string Schema { get; init; } = "ingest";

    /// <summary>
    /// Which failures a commit survives. With <see cref="Durability.Disk"/> a PostgreSQL that runs
    /// without <c>fsync</c> is refused; with <see cref="Durability.Process"/> it is not.
    /// </summary>
    public Durability Durability { get; init; } = Durability.Disk;

    /// <summary>
    /// The number of commits of the journal that may be under way at the same time, at least 1.
    /// Each has a connection.
    /// </summary>
    public int MaxCommits { get; init; } = 2;

    /// <summary>
    /// The maximum number of connections for all other reads and writes, at least 2.
    /// </summary>
    public int MaxConnections { get; init; } = 16;

    /// <summary>Describes the settings without the connection string.</summary>
    public override string ToString() =>
        $"{nameof(PostgresStorageOptions)} {{ {nameof(Schema)} = {Schema}, {nameof(Durability)} = {Durability}, "
        + $"{nameof(MaxCommits)} = {MaxCommits}, {nameof(MaxConnections)} = {MaxConnections} }}";

    /// <summary>
    /// The connection string that Orleans' ADO.NET providers need, with the invariant
    /// <c>Npgsql</c>: their tables are in the same schema. It may contain a password.
    /// </summary>
    /// <exception cref="StorageException">The options are not valid.</exception>
    public string OrleansConnectionString() => PostgresConnections.ForOrleans(this);
}

using OrleansIngest.Component.Tests.Contracts;

namespace OrleansIngest.Component.Tests.Postgres;

// PostgreSQL keeps what the ports promise.

public sealed class PostgresJournalTests(SharedPostgres shared) : JournalContract(new PostgresData(shared));

public sealed class PostgresJobIndexTests(SharedPostgres shared) : JobIndexContract(new PostgresData(shared));

public sealed class PostgresUploadsTests(SharedPostgres shared) : UploadsContract(new PostgresData(shared));

public sealed class PostgresWorkQueueTests(SharedPostgres shared) : WorkQueueContract(new PostgresData(shared));

public sealed class PostgresInventoryTests(SharedPostgres shared) : InventoryContract(new PostgresData(shared));

public sealed class PostgresBlobPiecesTests(SharedPostgres shared) : BlobPiecesContract(new PostgresData(shared));

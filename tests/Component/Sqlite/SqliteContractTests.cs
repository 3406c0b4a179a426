using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Storage;

namespace OrleansIngest.Component.Tests.Sqlite;

// SQLite keeps what the ports promise, in both durabilities.

public sealed class SqliteJournalTests() : JournalContract(new SqliteData(Durability.Disk));

public sealed class SqliteProcessJournalTests() : JournalContract(new SqliteData(Durability.Process));

public sealed class SqliteJobIndexTests() : JobIndexContract(new SqliteData(Durability.Disk));

public sealed class SqliteUploadsTests() : UploadsContract(new SqliteData(Durability.Disk));

public sealed class SqliteProcessUploadsTests() : UploadsContract(new SqliteData(Durability.Process));

public sealed class SqliteWorkQueueTests() : WorkQueueContract(new SqliteData(Durability.Disk));

public sealed class SqliteProcessWorkQueueTests() : WorkQueueContract(new SqliteData(Durability.Process));

public sealed class SqliteInventoryTests() : InventoryContract(new SqliteData(Durability.Disk));

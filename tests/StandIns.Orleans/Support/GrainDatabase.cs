using Microsoft.Data.Sqlite;

namespace OrleansStandIn.Tests.Support;

/// <summary>A SQLite file with the product's schema for grain states; it goes with the test.</summary>
public sealed class GrainDatabase : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"grains-{Guid.NewGuid()}.db");

    private string ConnectionString => $"Data Source={_file};Pooling=False";

    public static GrainDatabase Create()
    {
        var database = new GrainDatabase();
        database.RunSchema();
        return database;
    }

    public static GrainDatabase CreateEmpty() => new();

    public void Use(ISiloBuilder silo) => silo.AddAdoNetGrainStorage("grains", options =>
    {
        options.Invariant = "System.Data.SQLite";
        options.ConnectionString = ConnectionString;
    });

    public void RunSchema()
    {
        using var stream = typeof(GrainDatabase).Assembly.GetManifestResourceStream("OrleansSchema.sql")!;
        using var reader = new StreamReader(stream);
        Run(reader.ReadToEnd());
    }

    public void Run(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public void Dispose() => File.Delete(_file);
}

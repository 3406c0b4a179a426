using OrleansIngest.Component.Tests.Postgres;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// The PostgreSQL that all tests of the project share, each with a schema of its own. It is started
/// when the first test needs it.
/// </summary>
public sealed class SharedPostgres : IDisposable
{
    private readonly Lazy<PostgresServer> _server = new(() => PostgresServer.Start());

    internal PostgresServer Server => _server.Value;

    public void Dispose()
    {
        if (_server.IsValueCreated)
            _server.Value.Dispose();
    }
}

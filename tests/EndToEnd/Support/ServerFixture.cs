namespace OrleansIngest.EndToEnd.Support;

/// <summary>
/// One server and one grpc-js connection for the tests of a collection. At the end the log must be
/// clean.
/// </summary>
public class ServerFixture(params string[] options) : IAsyncLifetime
{
    private IngestServer? _server;
    private GrpcJs? _grpc;

    public IngestServer Server => _server!;

    public GrpcJs Grpc => _grpc!;

    public virtual async ValueTask InitializeAsync()
    {
        _server = await IngestServer.Start(options);
        _grpc = await GrpcJs.Start(_server);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _grpc!.DisposeAsync();
        await _server!.Stop();
        await _server.DisposeAsync();
        _server.MustHaveACleanLog();
        GC.SuppressFinalize(this);
    }
}

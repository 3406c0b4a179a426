using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// <c>grpc.health.v1</c> and server reflection, for those who look after
/// servers with gRPC's own tools.
/// </summary>
public sealed class GrpcHealthTests : IAsyncLifetime
{
    /// <summary>Field 1, status.</summary>
    private static readonly byte[] s_serving = [8, 1];
    private static readonly byte[] s_notServing = [8, 2];

    private IngestServer? _server;

    private IngestServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await IngestServer.Start();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Server.MustHaveACleanLog();
    }

    [Theory]
    [InlineData("")]
    [InlineData("ingest.v1.ActivityFeed")]
    [InlineData("ingest.v1.Jobs")]
    [InlineData("ingest.v1.Devices")]
    public async Task Who_watches_it_hears_that_it_serves_and_that_it_stops(string service)
    {
        using var check = await RawCall.Start(Server, "grpc.health.v1.Health/Check", Text(1, service));
        using var watch = await RawCall.Start(Server, "grpc.health.v1.Health/Watch", Text(1, service));
        Assert.Equal(s_serving, await check.Next());
        Assert.Equal(s_serving, await watch.Next());

        var end = Server.Stop();

        Assert.Equal(s_notServing, await watch.Next());
        Assert.Null(await watch.Next());
        Assert.Equal(0, await end);
    }

    [Theory]
    [InlineData("grpc.reflection.v1.ServerReflection")]
    [InlineData("grpc.reflection.v1alpha.ServerReflection")]
    public async Task Every_service_can_be_looked_up(string reflection)
    {
        var names = await Reflect(reflection, Text(7, ""));
        (string Service, string Message)[] parts =
            [("ActivityFeed", "WatchRequest"), ("Jobs", "ListMediaRequest"), ("Devices", "ReportQueueRequest")];
        foreach (var (service, message) in parts)
        {
            Assert.Contains($"ingest.v1.{service}", names);
            Assert.Contains(message, await Reflect(reflection, Text(4, $"ingest.v1.{service}")));
        }
    }

    private async Task<string> Reflect(string reflection, byte[] request)
    {
        using var call = await RawCall.Start(Server, $"{reflection}/ServerReflectionInfo", request);
        return Encoding.Latin1.GetString((await call.Next())!);
    }

    /// <summary>A message with one field of text.</summary>
    private static byte[] Text(int field, string text) =>
        [(byte)((field << 3) | 2), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

public sealed class HealthTests(HealthTests.AnyServer fixture) : IClassFixture<HealthTests.AnyServer>
{
    public sealed class AnyServer : ServerFixture;

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public Task A_server_that_runs_says_so(string path) =>
        new HttpTest("GET", path) { Status = 200 }.Run(fixture.Server);

    [Fact]
    public async Task Every_route_is_on_both_ports()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{fixture.Server.Grpc}/healthz")
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var answer = await fixture.Server.Client.SendAsync(request);

        Assert.True(answer.IsSuccessStatusCode);
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>What was said stays true, however the server ended.</summary>
public sealed class RestartTests
{
    private readonly LivedJob _job = new();

    [Theory]
    [InlineData("disk", true)]
    [InlineData("disk", false)]
    [InlineData("process", true)]
    [InlineData("process", false)]
    public async Task Everything_is_as_it_was(string durability, bool killed)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await using var grpc = await GrpcJs.Start(server);
        await _job.Fill(server, grpc);
        var before = await LivedJob.Seen(grpc);

        await (killed ? server.Kill() : server.Stop());
        await server.Restart();

        Assert.Equal(before, await LivedJob.Seen(grpc));
        await _job.MustAnswerAsBefore(server);
    }
}

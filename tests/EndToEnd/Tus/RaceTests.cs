using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// Requests that meet at the worst moment: one of them is too late, and is told so.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class RaceTests(TusServer fixture)
{
    private const int Rounds = 60; // each is another moment
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task A_last_byte_that_meets_a_deletion_is_no_mistake()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var media = Fresh.Media();
            await Upload.Create(_job, media, 3).Run(_server);

            var deletion = fixture.Grpc.DeleteMedia(_job, media);
            var status = await Status(Upload.Patch(_job, media, 0, [1, 2, 3]));
            await deletion;

            Assert.Contains(status, new int?[] { 204, 410, null });
            await Upload.HeadOfNone(_job, media, 410).Run(_server);
        }
    }

    /// <summary>Null if the connection was closed.</summary>
    private async Task<int?> Status(HttpTest test)
    {
        try
        {
            using var answer = await test.Send(_server);
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>Some networks let only GET and POST through.</summary>
[Collection(TusCollection.Name)]
public sealed class MethodOverrideTests(TusServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    [InlineData("PUT")]
    public async Task The_header_says_what_is_meant(string real)
    {
        await Upload.Create(_job, _media, 3).Run(_server);

        await By("POST", Upload.Patch(_job, _media, 0, [1, 2])).Run(_server);
        await By(real, Upload.Head(_job, _media, 2, 3)).Run(_server);
        await By(real, Upload.Delete(_job, _media)).Run(_server);

        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
    }

    [Fact]
    public async Task Its_case_does_not_matter()
    {
        await Upload.Create(_job, _media, 3).Run(_server);

        await By("POST", Upload.Patch(_job, _media, 0, [1, 2, 3])).With("X-HTTP-Method-Override", "patch").Run(_server);
    }

    [Fact]
    public Task It_works_for_OPTIONS() =>
        By("POST", new HttpTest("OPTIONS", "/files") { Status = 204, Expected = { ["Tus-Version"] = "1.0.0" } })
            .Run(_server);

    [Fact]
    public Task A_method_that_is_none_is_not_possible() =>
        Upload.Create(_job, _media, 3).With("X-HTTP-Method-Override", "STEAL")
            .Refused(405, "method-not-allowed").Run(_server);

    private static HttpTest By(string method, HttpTest meant) =>
        (meant with { Method = method }).With("X-HTTP-Method-Override", meant.Method);
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

[Collection(TusCollection.Name)]
public sealed class OptionsTests(TusServer fixture)
{
    [Theory]
    [InlineData("/files")]
    [InlineData("/jobs/roof-7/uploads")]
    [InlineData("/jobs/roof-7/uploads/0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f")]
    public Task The_server_says_what_it_can(string path) => new HttpTest("OPTIONS", path)
    {
        Status = 204,
        Expected =
        {
            ["Tus-Resumable"] = "1.0.0",
            ["Tus-Version"] = "1.0.0",
            ["Tus-Extension"] =
                "creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,"
                + "termination,concatenation,concatenation-unfinished",
            ["Tus-Checksum-Algorithm"] = "sha1,sha256,md5",
            ["Tus-Max-Size"] = TusServer.MaxSize.ToString(),
            ["Upload-Limit"] = $"max-size={TusServer.MaxSize}",
            ["Accept-Patch"] = "application/partial-upload",
        },
    }.Run(fixture.Server);

    [Fact]
    public Task The_version_of_the_question_does_not_matter() => new HttpTest("OPTIONS", "/files")
    {
        Headers = { ["Tus-Resumable"] = "0.2.2" },
        Status = 204,
        Expected = { ["Tus-Version"] = "1.0.0" },
    }.Run(fixture.Server);
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

[Collection(LimitsCollection.Name)]
public sealed class MetadataTests(LimitsServer fixture)
{
    [Fact]
    public async Task Metadata_are_as_long_as_the_configuration_says_and_not_a_byte_longer()
    {
        var longest = new string('k', LimitsServer.MaxMetadata);

        var refused = await Creation(longest + "k").Refused(431, "metadata-too-long").Run(fixture.Server);
        await Creation(longest).Run(fixture.Server);

        Assert.Equal(LimitsServer.MaxMetadata.ToString(), refused.Member("maxMetadata"));
    }

    [Fact]
    public async Task The_longest_that_can_be_configured_come_and_are_given_back()
    {
        await using var server = await IngestServer.Start("MaxMetadata=16KiB");
        var longest = new string('k', 16 << 10);

        var created = await Creation(longest).Run(server);

        var head =
            new HttpTest("HEAD", created["Location"]!) { Headers = { ["Tus-Resumable"] = "1.0.0" }, Status = 200 };
        Assert.Equal(longest, (await head.Run(server))["Upload-Metadata"]);
    }

    private static HttpTest Creation(string metadata) =>
        Upload.Create(Fresh.Job(), Fresh.Media(), 10).WithoutId().With("Upload-Metadata", metadata);
}

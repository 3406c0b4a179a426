using System.Text;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// Everything that can be wrong with a creation has its own clear
/// answer, and leaves nothing behind.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class BadCreationTests(TusServer fixture)
{
    private const string Id = "0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f";
    private readonly string _job = Fresh.Job();

    public static TheoryData<string, string> BadMetadata => new()
    {
        { "media " + Base64("photo-1"), "invalid-id" },
        { "media " + Base64("{" + Id + "}"), "invalid-id" },
        { "media " + Base64("../../etc/passwd"), "invalid-id" },
        { "media", "invalid-id" },
        { "device " + Base64("../phone"), "invalid-key" },
        { "device " + Base64(".."), "invalid-key" },
        { "device " + Base64("phone 1"), "invalid-key" },
        { "device " + Base64(new string('p', 65)), "invalid-key" },
        { "device " + Base64("phone\n1"), "invalid-key" },
        { "filename YQ==,filename Yg==", "invalid-metadata" },
        { ",", "invalid-metadata" },
        { "filename YQ==,", "invalid-metadata" },
        { "filename YQ==,,filetype YQ==", "invalid-metadata" },
        { "filename YQ", "invalid-metadata" },
        { "filename Y*==", "invalid-metadata" },
        { "filename YQ== YQ==", "invalid-metadata" },
        { "filename /w==", "invalid-metadata" },
        { "filename wK8=", "invalid-metadata" },
        { "filename " + Base64("a\r\nSet-Cookie: b"), "invalid-metadata" },
        { "filename " + Base64("a\0.jpg"), "invalid-metadata" },
        { "filename " + Base64(new string('a', 1025)), "invalid-metadata" },
        { "section " + Base64(new string('a', 257)), "invalid-metadata" },
        { "sha256 " + Base64("abc"), "invalid-metadata" },
        { "sha256 " + Base64(new string('A', 64)), "invalid-metadata" },
        { "sha256 " + Base64(new string('g', 64)), "invalid-metadata" },
        { "capturedAt " + Base64("yesterday"), "invalid-metadata" },
    };

    [Theory]
    [MemberData(nameof(BadMetadata))]
    public Task Metadata_that_cannot_be_meant_are_refused(string metadata, string problem) =>
        MustBeRefused(Creation().With("Upload-Metadata", metadata).Refused(400, problem));

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("ten")]
    [InlineData("")]
    [InlineData("10, 10")]
    [InlineData("99999999999999999999999999")]
    public Task A_length_that_is_no_number_of_bytes_is_refused(string length) =>
        MustBeRefused(Creation().With("Upload-Length", length).Refused(400, "invalid-length"));

    [Theory]
    [InlineData("8388609")]
    [InlineData("107374182400000")]
    [InlineData("9223372036854775807")]
    public Task A_length_beyond_the_largest_is_too_large(string length) => MustBeRefused(
        Creation().With("Upload-Length", length).Refused(413, "upload-too-large") with
        {
            Expected = new() { ["Tus-Max-Size"] = TusServer.MaxSize.ToString() }
        });

    [Theory]
    [InlineData(null, null)]
    [InlineData("10", "1")]
    [InlineData(null, "2")]
    [InlineData(null, "0")]
    [InlineData(null, "true")]
    [InlineData("10", "2")]
    public Task Either_the_length_is_said_or_that_it_comes_later(string? length, string? defer) =>
        MustBeRefused(
            Creation().With("Upload-Length", length).With("Upload-Defer-Length", defer).Refused(400, "invalid-length"));

    [Fact]
    public async Task Metadata_may_have_8_KiB_and_not_a_byte_more()
    {
        var start = $"media {Base64(Id)},";
        var fits = $"{start}{new string('k', 8192 - start.Length - 4001)} {new string('A', 4000)}";

        await MustBeRefused(Creation().With("Upload-Metadata", fits + "k").Refused(431, "metadata-too-long"));
        await Creation().With("Upload-Metadata", fits).Run(fixture.Server);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("-first")]
    [InlineData("roof%2F7")]
    [InlineData("..%2F..%2Fetc")]
    [InlineData("..%5C..%5Cetc")]
    [InlineData("roof%207")]
    [InlineData("d%C3%A4cher")]
    [InlineData("roof:7")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public async Task A_job_that_is_no_key_is_refused(string job)
    {
        if (job != "..") // which the server takes for a step up, as everybody does
            await (Creation() with { Path = $"/jobs/{job}/uploads" }).Refused(400, "invalid-key").Run(fixture.Server);
        var metadata = Upload.Metadata([("job", Uri.UnescapeDataString(job))]);
        await (Creation() with { Path = "/files" }).With("Upload-Metadata", metadata)
            .Refused(400, "invalid-key").Run(fixture.Server);
    }

    private HttpTest Creation() => Upload.Create(_job, Guid.Parse(Id), 10);

    private async Task MustBeRefused(HttpTest creation)
    {
        await creation.Run(fixture.Server);
        var failure = await fixture.Grpc.Fail("Jobs/GetJob", new Protos.V1.GetJobRequest { Job = _job });
        Assert.Equal("job-not-found", failure.IngestError);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}

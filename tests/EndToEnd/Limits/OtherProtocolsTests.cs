using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>Whatever protocol bytes come with, the job takes the same.</summary>
[Collection(LimitsCollection.Name)]
public sealed class OtherProtocolsTests(LimitsServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    private string PhotoJob => LimitsServer.JpegOnly + _job;

    [Theory]
    [MemberData(nameof(Form.OfPhones), MemberType = typeof(Form))]
    public async Task A_phone_is_told_what_the_job_does_not_take(string name)
    {
        var form = new Form(name);
        var begin = await form.Create(PhotoJob, [0xFF, 0xD8], isLast: false).Run(_server);

        await NotTaken(form.Append(begin["Location"]!, 2, TestMedia.Bytes(100), isLast: true)).Run(_server);
        await NotTaken(form.Create(PhotoJob, TestMedia.Bytes(100), isLast: true)).Run(_server);
        await NotTaken(form.Create(PhotoJob, TestMedia.Bytes(100), isLast: false)).Run(_server);

        await form.Create(PhotoJob, TestMedia.Photo(1), isLast: true).Run(_server);

        HttpTest NotTaken(HttpTest test) => test.Refused(400, "bad-format") with
        {
            Expected = new() { [form.Complete(true).Name] = form.Complete(true).Value }, // there is nothing to resume
        };
    }

    [Theory]
    [MemberData(nameof(Form.OfPhones), MemberType = typeof(Form))]
    public async Task A_phone_is_told_that_the_job_is_full(string name)
    {
        await Fill();

        await new Form(name).Create(_job, [1, 2, 3], isLast: true).Refused(413, "job-full").Run(_server);
        await new Form(name).Create(_job, [1, 2, 3], isLast: false).Refused(413, "job-full").Run(_server);
    }

    /// <summary>
    /// Its length is known only when all of it is here, and by then it is not thrown away.
    /// </summary>
    [Fact]
    public async Task A_picture_of_unknown_length_that_came_is_kept()
    {
        var begin = await Form.Final.Create(_job, [1, 2], isLast: false).Run(_server);
        await Upload.Create(_job, Fresh.Media(), LimitsServer.MaxBytes).Run(_server);

        await (Form.Final.Append(begin["Location"]!, 2, [3], isLast: true) with { Chunked = true }).Run(_server);

        var media = begin["Location"]!.Replace("uploads", "media", StringComparison.Ordinal);
        await new HttpTest("GET", media) { Status = 200 }.Run(_server);
    }

    [Theory]
    [InlineData("-T")]
    [InlineData("--data-binary @")]
    public async Task Curl_is_told_what_is_wrong_with_a_file(string option)
    {
        await File.WriteAllBytesAsync(Path.Combine(_server.Folder, "other.jpg"), TestMedia.Bytes(2_000_000));
        await Fill();

        Assert.Contains("urn:orleansingest:problem:bad-format", await Curl($"{option}other.jpg", PhotoJob));
        Assert.Contains("urn:orleansingest:problem:job-full", await Curl($"{option}other.jpg", _job));
    }

    private async Task<string> Curl(string option, string job)
    {
        var slash = option.StartsWith("-T", StringComparison.Ordinal) ? "/" : "";
        return (await _server.Shell($"curl -sS {option} {_server.Http}jobs/{job}/uploads{slash}")).Said;
    }

    private async Task Fill()
    {
        for (var i = 0; i < LimitsServer.MaxMedia; i++)
            await Upload.CreateWith(_job, Fresh.Media(), [(byte)i], 1).Run(_server);
    }
}

using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>A part of a file is no file: what a job takes is asked of the whole.</summary>
[Collection(LimitsCollection.Name)]
public sealed class PartsTests(LimitsServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = LimitsServer.JpegOnly + Fresh.Job();
    private readonly Guid _media = Fresh.Media();

    [Fact]
    public async Task A_picture_in_parts_is_taken()
    {
        var photo = TestMedia.Photo(1);
        string[] parts = [await Part(photo[..1000]), await Part(photo[1000..])];

        await Upload.CreateFinal(_job, _media, parts).Run(_server);

        Assert.Equal(photo, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task Anything_else_in_parts_is_refused_when_it_is_put_together()
    {
        string[] parts = [await Part(TestMedia.Bytes(1000)), await Part(TestMedia.Photo(1))];

        await Upload.CreateFinal(_job, _media, parts).Refused(400, "bad-format").Run(_server);

        await MustHaveEnded();
    }

    [Fact]
    public async Task The_last_part_is_taken_of_what_is_refused_when_it_is_put_together()
    {
        var part = await Begin(1000);
        await Upload.CreateFinal(_job, _media, [part]).Run(_server);

        await Send(part, TestMedia.Bytes(1000)).Run(_server);

        await MustHaveEnded();
    }

    [Fact]
    public async Task Parts_that_are_too_much_together_are_refused_when_they_are_put_together()
    {
        string[] parts = [await Begin(LimitsServer.MaxBytes), await Begin(1)];

        await Upload.CreateFinal(_job, _media, parts).Refused(413, "job-full").Run(_server);
        await Upload.CreateFinal(_job, _media, parts[..1]).Run(_server);
    }

    [Fact]
    public async Task A_device_may_send_a_file_in_many_parts()
    {
        var device = ("device", Fresh.Device());
        for (var i = 0; i <= LimitsServer.MaxOpen; i++)
            await Upload.CreatePartial(_job, 10, device).Run(_server);

        await Upload.Create(_job, _media, 10, device).Run(_server);
    }

    private async Task<string> Part(byte[] bytes)
    {
        var part = await Begin(bytes.Length);
        await Send(part, bytes).Run(_server);
        return part;
    }

    private async Task<string> Begin(long length) =>
        (await Upload.CreatePartial(_job, length).Run(_server))["Location"]!;

    private static HttpTest Send(string part, byte[] bytes) => Upload.Patch("", default, 0, bytes) with { Path = part };

    private async Task MustHaveEnded()
    {
        await Upload.HeadOfNone(_job, _media, 410).Run(_server);
        var media = await fixture.Grpc.FindMedia(_job, _media);
        Assert.Equal((MediaState.Error, "bad-format"), (media.State, media.Failure.Code));
    }
}

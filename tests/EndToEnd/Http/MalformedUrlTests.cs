using OrleansIngest.EndToEnd.Ietf;
using OrleansIngest.EndToEnd.Plain;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Http;

/// <summary>
/// A URL of a form that this server does not have is not found: clients expect 404 and not 400.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class MalformedUrlTests(TusServer fixture)
{
    private const string Id = "0192f0c1-7a4e-7cc3-98c4-dc0c0c07398f";
    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> Uploads =>
    [
        "/jobs/roof-7/uploads/1", "/jobs/roof-7/uploads/photo.jpg", $"/jobs/roof-7/uploads/{Id}0",
        $"/jobs/roof-7/uploads/{{{Id}}}", "/jobs/roof-7/uploads/..%2f..%2fjournal.db", $"/jobs/.x/uploads/{Id}",
        $"/jobs/{new string('x', 65)}/uploads/{Id}", "/files/photo-1",
    ];

    public static TheoryData<string> Media =>
    [
        "/jobs/roof-7/media/1", "/jobs/roof-7/media/..%2f..%2fjournal.db", $"/jobs/.../media/{Id}",
        $"/jobs/..%2f..%2fdata/media/{Id}",
    ];

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task No_upload_is_there_in_tus(string url)
    {
        await (Upload.HeadOfNone(_job, Guid.Empty, 404) with { Path = url }).Run(_server);
        foreach (var request in (HttpTest[])[Upload.Patch(_job, Guid.Empty, 0, [1]), Upload.Delete(_job, Guid.Empty)])
            await (request with { Path = url }).Refused(404, "upload-not-found").Run(_server);
    }

    [Theory]
    [MemberData(nameof(Uploads))]
    public async Task No_upload_is_there_in_any_form_of_the_IETF_protocol(string url)
    {
        foreach (var form in Form.Phones.Select(name => new Form(name)))
        {
            var head = form.Head(url, 0, isComplete: false, length: null) with { Status = 404 };
            await (head with { Expected = new() { ["Upload-Offset"] = null } }).Run(_server);
            await (head with { Method = "GET" }).Refused(404, "upload-not-found").Run(_server);
            await form.Append(url, 0, [1], isLast: true).Refused(404, "upload-not-found").Run(_server);
            await form.Delete(url).Refused(404, "upload-not-found").Run(_server);
        }
    }

    [Theory]
    [MemberData(nameof(Media))]
    public async Task No_media_is_there(string url)
    {
        await new HttpTest("GET", url) { Status = 404, Problem = "media-not-found" }.Run(_server);
        await new HttpTest("HEAD", url) { Status = 404 }.Run(_server);
    }

    [Fact]
    public async Task The_answer_says_how_an_id_looks()
    {
        var delete = Form.Final.Delete($"/jobs/{_job}/uploads/1").Refused(404, "upload-not-found");

        var refused = await delete.Run(_server);

        Assert.Contains("UUID", refused.Member("detail"));
    }

    /// <summary>A creation names what is to be, and its client can correct that.</summary>
    [Fact]
    public async Task A_creation_with_a_name_that_cannot_be_is_refused_as_malformed()
    {
        var create = Upload.Create(_job, Fresh.Media(), 1);
        HttpTest[] creations = [create, Form.Final.Create(_job, [1], isLast: true), PlainUpload.Post(_job, [1])];

        foreach (var request in creations)
            await (request with { Path = "/jobs/.x/uploads" }).Refused(400, "invalid-key").Run(_server);
        await PlainUpload.Put(".x", Id, [1]).Refused(400, "invalid-key").Run(_server);
        await create.With("Upload-Metadata", Upload.Metadata(("media", "1"))).Refused(400, "invalid-id").Run(_server);
    }
}

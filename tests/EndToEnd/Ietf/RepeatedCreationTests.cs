using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// A file whose URL has its id is sent again from its first byte. Its client takes a success to
/// mean the whole file, so that must be true.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class RepeatedCreationTests(TusServer fixture)
{
    private const int Length = 2_000_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _file = TestMedia.Bytes(Length);

    /// <summary>
    /// The bytes sent before the connection breaks. Their number tells the file on
    /// the server's disk from others.
    /// </summary>
    private readonly int _sent = Fresh.Length(640_000);

    public static TheoryData<string> OfPhones => Form.OfPhones;

    private string Url => Upload.Url(_job, _media);

    [Theory]
    [MemberData(nameof(OfPhones))]
    public async Task After_a_cut_all_of_it_is_stored(string version)
    {
        var form = new Form(version);
        (await Begin(form)).Dispose();

        var created = await Put(form, _file).Run(_server);

        Assert.NotNull(created["Upload-Receipt"]);
        await MustHave(_file);
    }

    [Fact]
    public async Task While_the_first_line_hangs_all_of_it_is_stored()
    {
        using var hanging = await Begin(Form.Final);

        await Put(Form.Final, _file).Run(_server);

        Assert.Equal("", await hanging.ReadHead());
        await MustHave(_file);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_file_under_the_id_of_a_stored_one_is_refused(bool chunked)
    {
        await Put(Form.Final, _file).Run(_server);

        await (Put(Form.Final, TestMedia.Bytes(Length, seed: 9)) with { Chunked = chunked })
            .Refused(422, "different-upload").Run(_server);
        await (Put(Form.Final, [1, 2, 3]) with { Chunked = chunked }).Refused(422, "different-upload").Run(_server);

        await MustHave(_file);
    }

    [Fact]
    public async Task A_part_that_is_sent_again_says_where_to_go_on()
    {
        (await Begin(Form.Final)).Dispose();

        var part = Put(Form.Final, _file[..1_000_000], isLast: false).With("Upload-Length", $"{Length}");
        part.Expected["Upload-Offset"] = $"{_sent}";

        await part.Run(_server);
        await Form.Final.Append(Url, _sent, _file[_sent..], isLast: true).Run(_server);
        await MustHave(_file);
    }

    [Fact]
    public async Task What_its_hash_says_is_here_is_not_read_again()
    {
        await Put(Form.Final, _file).Run(_server);
        using var line = await RawConnection.Open(_server);

        await line.Send(
            "PUT", Url,
            ("Upload-Complete", "?1"), ("Content-Length", Length), ("Repr-Digest", Digests.Field("sha-256", _file)));

        Assert.StartsWith("HTTP/1.1 104 ", await line.ReadHead());
        Assert.StartsWith("HTTP/1.1 201 ", await line.ReadHead());
    }

    /// <summary>A line on which a part of the file came.</summary>
    private async Task<RawConnection> Begin(Form form)
    {
        var line = await RawConnection.Open(_server);
        await line.Send(
            "PUT",
            Url,
            [
                .. form.Create(_job, [], isLast: true).Headers.Select(header => (header.Key, (object)header.Value)),
                ("Content-Length", Length)
            ]);
        Assert.StartsWith("HTTP/1.1 104 ", await line.ReadHead());
        await line.Send(_file.AsMemory(0, _sent));
        await Eventually.True("all that was sent is here", () => _server.HasFileOf(_sent));
        return line;
    }

    private HttpTest Put(Form form, byte[] file, bool isLast = true) =>
        form.Create(_job, file, isLast) with { Method = "PUT", Path = Url };

    private async Task MustHave(byte[] file) =>
        Assert.Equal(file, (await Upload.Download(_job, _media).Run(_server)).Body);
}

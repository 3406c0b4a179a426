using OrleansIngest.EndToEnd.Support;
using OrleansIngest.EndToEnd.Tus;

namespace OrleansIngest.EndToEnd.Ietf;

/// <summary>
/// The answer 104 (Upload Resumption Supported), read from the socket. For HTTP/2
/// see <see cref="Http2Tests"/>.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class InterimTests(TusServer fixture)
{
    private const int Length = 2_000_000;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    public static TheoryData<string> All => Form.All;

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_client_hears_where_its_upload_is_before_it_has_sent_anything(string version)
    {
        var form = new Form(version);
        using var line = await SendHead(form, Length);

        var interim = await line.ReadResponse();

        Assert.Equal("HTTP/1.1 104 Upload Resumption Supported", interim.Line);
        Assert.Equal(form.Version, interim["Upload-Draft-Interop-Version"]);
        Assert.Equal(form.HasLimit, interim["Upload-Limit"] is not null);
        await form.Head(interim["Location"]!, 0, isComplete: false, Length).Run(_server);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_answer_that_counts_names_the_same_place(string version)
    {
        using var line = await SendHead(new Form(version), Length);
        var interim = await line.ReadResponse();
        await line.Send(TestMedia.Bytes(Length));

        var answer = await line.ReadResponse();

        Assert.Equal("HTTP/1.1 201 Created", answer.Line);
        Assert.Equal(interim["Location"], answer["Location"]);
    }

    [Fact]
    public async Task So_does_one_that_refuses_what_came()
    {
        using var line = await SendHead(Form.Final, Length, ("Repr-Digest", Digests.Field("sha-256", [])));
        var interim = await line.ReadResponse();
        await line.Send(TestMedia.Bytes(Length));

        var answer = await line.ReadResponse();

        Assert.Equal("HTTP/1.1 422 Unprocessable Entity", answer.Line);
        Assert.Equal(interim["Location"], answer["Location"]);
    }

    /// <summary>
    /// A small body that comes slowly is waited for a moment, and becomes
    /// an upload like any other then.
    /// </summary>
    [Fact]
    public async Task What_came_of_a_small_file_before_a_cut_is_kept()
    {
        const int sent = 30_123;
        var line = await SendHead(Form.Final, 500_000);
        await line.Send(TestMedia.Bytes(sent));
        var url = (await line.ReadResponse())["Location"]!;
        await Eventually.True("all that was sent is here", () => _server.HasFileOf(sent));

        line.Abort();

        await Form.Final.Head(url, sent, isComplete: false, 500_000).Run(_server);
    }

    [Fact]
    public async Task Who_waits_to_be_told_to_continue_is_told_so_too()
    {
        using var line = await SendHead(Form.Final, Length, ("Expect", "100-continue"));

        Assert.StartsWith("HTTP/1.1 104 ", await line.ReadHead());
        Assert.StartsWith("HTTP/1.1 100 ", await line.ReadHead());
    }

    [Fact]
    public async Task The_connection_goes_on_after_it()
    {
        using var line = await SendHead(Form.Final, Length);
        var url = (await line.ReadResponse())["Location"]!;
        await line.Send(TestMedia.Bytes(Length));
        await line.ReadHead();

        await line.Send("HEAD", url);

        Assert.Equal("?1", (await line.ReadResponse())["Upload-Complete"]);
    }

    [Fact]
    public async Task A_small_file_that_takes_its_time_gets_one()
    {
        using var line = await SendHead(Form.Final, 1000);
        await line.Send(TestMedia.Bytes(400));
        var url = (await line.ReadResponse())["Location"]!;
        await line.Send(TestMedia.Bytes(600));

        Assert.Equal(url, (await line.ReadResponse())["Location"]);
    }

    [Fact]
    public async Task A_small_file_that_comes_at_once_needs_none()
    {
        using var line = await RawConnection.Open(_server);
        await line.Send(string.Concat(Request(Form.Final.Create(_job, [], isLast: true), 3), "abc"));

        Assert.StartsWith("HTTP/1.1 201 ", await line.ReadHead());
    }

    [Theory]
    [InlineData("11", true, "HTTP/1.1")]
    [InlineData("11", false, "HTTP/1.1")]
    [InlineData("2", true, "HTTP/1.1")]
    [InlineData("6", true, "HTTP/1.0")]
    public async Task Who_would_not_understand_gets_none(string version, bool isLast, string protocol)
    {
        using var line = await RawConnection.Open(_server);
        await line.Send(
            Request(new Form(version).Create(_job, [], isLast), Length)
                .Replace("HTTP/1.1", protocol, StringComparison.Ordinal));
        await line.Send(TestMedia.Bytes(Length));

        Assert.Contains(" 201 Created", await line.ReadHead());
    }

    [Fact]
    public async Task An_ordinary_upload_gets_none()
    {
        using var line = await RawConnection.Open(_server);
        await line.Send("POST", Upload.Url(_job), ("Content-Length", Length));
        await line.Send(TestMedia.Bytes(Length));

        Assert.StartsWith("HTTP/1.1 201 ", await line.ReadHead());
    }

    [Theory]
    [InlineData("5")]
    [InlineData("final")]
    public async Task Who_sends_for_long_hears_how_much_is_safe(string version)
    {
        var form = new Form(version);
        // With Durability=disk it is safe once in 32 MiB.
        await using var server = await IngestServer.Start("Interim=on", "Durability=process");
        var url = (await form.Create(_job, [], isLast: false).Run(server))["Location"]!;
        using var line = await SendAppend(server, form, url);

        var progress = await SendUntilItHears(line);

        Assert.Equal((104, null), (progress.Status, progress["Location"]));
        await form.Append(url, long.Parse(progress["Upload-Offset"]!) - 1, [1], isLast: true)
            .Refused(409, null).Run(server);
    }

    /// <summary>
    /// The client's draft knows no progress, or its bytes are not safe yet. The test waits until
    /// another client, which began later, has heard of its own progress.
    /// </summary>
    [Theory]
    [InlineData("3", "process")]
    [InlineData("4", "process")]
    [InlineData("5", "disk")]
    public async Task There_may_be_nothing_to_hear(string version, string durability)
    {
        var (silentForm, form) = (new Form(version), new Form("5"));
        await using var silentServer = await IngestServer.Start("Interim=on", $"Durability={durability}");
        await using var server = await IngestServer.Start("Interim=on", "Durability=process");
        using var silent = await SendAppend(
            silentServer,
            silentForm,
            (await silentForm.Create(_job, [], isLast: false).Run(silentServer))["Location"]!);
        await silent.Send($"{4567:x}\r\n{new string('a', 4567)}\r\n");
        await Eventually.True("it is under way", () => silentServer.HasFileOf(4567));
        using var line = await SendAppend(
            server, form, (await form.Create(_job, [], isLast: false).Run(server))["Location"]!);
        await SendUntilItHears(line);

        await silent.Send("3\r\nabc\r\n0\r\n\r\n");

        Assert.Equal(201, (await silent.ReadResponse()).Status);
    }

    /// <summary>The head of an append whose end is not known yet.</summary>
    private static async Task<RawConnection> SendAppend(IngestServer server, Form form, string url)
    {
        var line = await RawConnection.Open(server);
        await line.Send("PATCH", url, Headers(form.Append(url, 0, [], isLast: true), ("Transfer-Encoding", "chunked")));
        return line;
    }

    private static async Task<ResponseHead> SendUntilItHears(RawConnection line)
    {
        var heard = line.ReadResponse();
        await Eventually.True("the client hears of its progress", async () =>
        {
            await line.Send("3\r\nabc\r\n");
            return heard.IsCompleted;
        });
        return await heard;
    }

    private async Task<RawConnection> SendHead(Form form, int length, params (string Name, object Value)[] more)
    {
        var line = await RawConnection.Open(_server);
        await line.Send(Request(form.Create(_job, [], isLast: true), length, more));
        return line;
    }

    private static string Request(HttpTest create, int length, params (string Name, object Value)[] more) =>
        RawConnection.Head(create.Method, create.Path, Headers(create, [("Content-Length", length), .. more]));

    private static IEnumerable<(string Name, object Value)> Headers(
        HttpTest request, params IEnumerable<(string Name, object Value)> more) =>
        [.. request.Headers.Select(header => (header.Key, (object)header.Value)), .. more];
}

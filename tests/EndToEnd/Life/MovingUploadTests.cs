using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Life;

/// <summary>
/// An upload lives as long as bytes come, however long its body takes: the expiry
/// counts the time without a byte.
/// </summary>
public sealed class MovingUploadTests : IAsyncLifetime
{
    private const int Length = 2 << 20; // too long to be decided on in one step

    private readonly byte[] _bytes = TestMedia.Bytes(Length);
    private readonly string _job = Fresh.Job();
    private readonly List<(RawConnection Line, int Sent)> _lines = [];
    private IngestServer? _server;

    private IngestServer Server => _server!;

    public async ValueTask InitializeAsync() =>
        _server = await IngestServer.Start("UploadExpiry=00:00:10", "SweepInterval=00:00:01");

    public async ValueTask DisposeAsync()
    {
        _lines.ForEach(one => one.Line.Dispose());
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_expires_while_its_body_moves()
    {
        var (patched, verified, created, final) = (Fresh.Media(), Fresh.Media(), Fresh.Media(), Fresh.Media());
        foreach (var media in new[] { patched, verified })
            await Upload.Create(_job, media, Length).Run(Server);
        var (whole, part) = (await Partial.Of(Server, _job, [1, 2, 3]), await Partial.Create(Server, _job, Length));
        await Upload.CreateFinal(_job, final, [whole.Url, part.Url]).Run(Server);
        await (await Open()).SendPatch(Upload.Url(_job, patched), 0, ("Content-Length", Length));
        await (await Open()).SendPatch(
            Upload.Url(_job, verified),
            0,
            ("Content-Length", Length),
            ("Upload-Checksum", Digests.Checksum("sha256", _bytes)));
        await (await Open()).SendPatch(part.Url, 0, ("Content-Length", Length));
        await (await Open()).SendCreation(_job, created, Length);
        await (await Open()).Send(
            "POST", Upload.Url(_job), ("Upload-Complete", "?1"),
            ("Content-Length", Length), ("Content-Type", "image/jpeg"));

        await UntilAnotherHasExpired();
        await SendTheRest();

        foreach (var media in new[] { patched, verified, created })
            Assert.Equal(_bytes, (await Upload.Download(_job, media).Run(Server)).Body);
        Assert.Equal([1, 2, 3, .. _bytes], (await Upload.Download(_job, final).Run(Server)).Body);
    }

    private async Task<RawConnection> Open()
    {
        _lines.Add((await RawConnection.Open(Server), 0));
        return _lines[^1].Line;
    }

    /// <summary>
    /// Waits until a sweep has ended an upload that began later and does not move: that sweep and
    /// those before it have looked at the others too.
    /// </summary>
    private async Task UntilAnotherHasExpired()
    {
        await using var grpc = await GrpcJs.Start(Server);
        var hasExpired = false;
        var sending = Eventually.True("one that does not move has expired", async () =>
        {
            await SendMore(1);
            return Volatile.Read(ref hasExpired);
        });
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2], 3).Run(Server);
        await Eventually.True("one that does not move has expired", async () =>
            (await grpc.GetJob(_job)).Received.Errors == 1);
        Volatile.Write(ref hasExpired, true);
        await sending;
    }

    private async Task SendMore(int count)
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            var (line, sent) = _lines[i];
            await line.Send(_bytes.AsMemory(sent, count));
            _lines[i] = (line, sent + count);
        }
    }

    private async Task SendTheRest()
    {
        foreach (var (line, sent) in _lines)
        {
            await line.Send(_bytes.AsMemory(sent));
            var head = await line.ReadResponse();
            while (head.Status is >= 100 and < 200)
                head = await line.ReadResponse();
            Assert.InRange(head.Status, 200, 299);
        }
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>A file of which a part was sent on a line that a test breaks, or lets hang.</summary>
internal sealed class InterruptedFile(IngestServer server)
{
    public const int Length = 3_000_000; // more than what is decided in one step when it comes with its creation

    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    public string Job { get; } = Fresh.Job();

    public Guid Media { get; } = Fresh.Media();

    /// <summary>Bytes that are sent, by which the file is known on the server's disk.</summary>
    public int Sent { get; } = Fresh.Length(200_000);

    public byte[] Rest => _bytes[Sent..];

    /// <summary>Sends the part in a PATCH, whose line stays open.</summary>
    /// <param name="chunked">Without saying how long the body is.</param>
    /// <param name="from">Bytes that came before with the creation.</param>
    /// <param name="headers">What else it says.</param>
    public async Task<RawConnection> SendPart(
        bool chunked = false, int from = 0, params (string Name, object Value)[] headers)
    {
        await Upload.CreateWith(Job, Media, _bytes[..from], Length).Run(server);
        var line = await RawConnection.Open(server);
        await line.SendPatch(
            Upload.Url(Job, Media),
            from,
            [chunked ? ("Transfer-Encoding", "chunked") : ("Content-Length", Length - from), .. headers]);
        if (chunked)
            await line.Send($"{Length - from:x}\r\n");
        await Send(line, from);
        return line;
    }

    /// <summary>Sends the part with the creation, whose line stays open.</summary>
    public async Task<RawConnection> SendPartWithCreation()
    {
        var line = await RawConnection.Open(server);
        await line.SendCreation(Job, Media, Length);
        await Send(line, from: 0);
        return line;
    }

    /// <summary>
    /// The first request of a client that comes back: its offset is wrong,
    /// and it is told the right one.
    /// </summary>
    public async Task<long> TakeOver()
    {
        var beyond = await Upload.Patch(Job, Media, Length, []).Refused(409, "offset-mismatch").Run(server);
        return long.Parse(beyond["Upload-Offset"]!);
    }

    public async Task MustCompleteFrom(long offset)
    {
        Assert.Equal(Sent, offset);
        await MustComplete(Sent);
    }

    public async Task MustComplete(int from)
    {
        await Upload.Patch(Job, Media, from, _bytes[from..]).Run(server);
        await MustBeComplete();
    }

    public async Task MustBeComplete() => Assert.Equal(_bytes, (await Upload.Download(Job, Media).Run(server)).Body);

    /// <summary>
    /// Waits until it arrived, without asking the server: a HEAD may end
    /// a request that seems to hang.
    /// </summary>
    private async Task Send(RawConnection line, int from)
    {
        await line.Send(_bytes.AsMemory(from, Sent - from));
        await Eventually.True("all that was sent is here", () => server.HasFileOf(Sent));
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>Clients that take a moving upload from one another.</summary>
[Collection(TusCollection.Name)]
public sealed class FightTests(TusServer fixture)
{
    private const int Step = 100;

    private readonly IngestServer _server = fixture.Server;
    private readonly byte[] _file = TestMedia.Bytes(3_000_000);
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private int _sent;

    [Fact]
    public async Task In_the_end_one_of_them_keeps_it_and_others_are_told_to_wait()
    {
        await Upload.Create(_job, _media, _file.Length).Run(_server);
        for (var refusal = ""; !refusal.StartsWith("HTTP/1.1 423 ", StringComparison.Ordinal);)
        {
            _sent = (int)(await Upload.Offset(_server, _job, _media))!.Value;
            using var line = await RawConnection.Open(_server);
            await line.SendPatch(Upload.Url(_job, _media), _sent, ("Content-Length", _file.Length - _sent));
            refusal = await WhileItMoves(line, Challenge());
            if (!refusal.StartsWith("HTTP/1.1 423 ", StringComparison.Ordinal))
                continue;
            Assert.Contains("\r\nRetry-After: 1\r\n", refusal);
            await line.Send(_file.AsMemory(_sent));
            Assert.StartsWith("HTTP/1.1 204 ", await line.ReadHead());
        }

        Assert.Equal(_file, (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    /// <summary>
    /// Tries to continue at an offset that is not reached yet: the request stops the client
    /// that is sending, and is refused.
    /// </summary>
    private async Task<string> Challenge()
    {
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(Upload.Url(_job, _media), _file.Length, ("Content-Length", 1));
        var head = await line.ReadHead();
        Assert.Matches("^HTTP/1.1 4(09|23) ", head);
        return head;
    }

    private async Task<string> WhileItMoves(RawConnection line, Task<string> challenge)
    {
        await Eventually.True("the challenge is answered", async () =>
        {
            await Record.ExceptionAsync(() => line.Send(_file.AsMemory(_sent, Step))); // it may have been stopped
            _sent += Step;
            return challenge.IsCompleted;
        });
        return await challenge;
    }
}

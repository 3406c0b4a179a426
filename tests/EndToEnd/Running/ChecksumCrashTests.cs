using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// kill -9 in the middle of a body with a checksum: the upload keeps its offset,
/// however much of the body came.
/// </summary>
public sealed class ChecksumCrashTests
{
    private const string Job = "roof-7";
    private const int Begun = 1000;
    private const int Sent = 40 << 20; // more than what goes between two checkpoints of a body without a checksum
    private const int Length = 41 << 20;

    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(Length);

    [Theory]
    [InlineData("disk")]
    [InlineData("process")]
    public async Task Nothing_of_it_counts(string durability)
    {
        await using var server = await IngestServer.Start($"Durability={durability}");
        await Upload.CreateWith(Job, _media, _bytes[..Begun], Length).Run(server);
        using var line = await RawConnection.Open(server);
        await line.SendPatch(
            Upload.Url(Job, _media),
            Begun,
            ("Content-Length", Length - Begun),
            ("Upload-Checksum", Digests.Checksum("md5", _bytes[Begun..])));
        await line.Send(_bytes.AsMemory(Begun..Sent));
        await Eventually.True("all that was sent is on the disk", () => server.HasFileOf(Sent));

        await server.Kill();
        await server.Restart();

        await Upload.Head(Job, _media, Begun, Length).Run(server);
        await server.Kill();
        await server.Restart();
        await Upload.Patch(Job, _media, Begun, _bytes[Begun..]).Run(server);
        Assert.Equal(_bytes, (await Upload.Download(Job, _media).Run(server)).Body);
    }

    /// <summary>What comes after it counts byte by byte, as ever.</summary>
    [Fact]
    public async Task A_body_without_a_checksum_that_comes_after_it_is_kept()
    {
        await using var server = await IngestServer.Start("Durability=process");
        await Upload.CreateWith(Job, _media, _bytes[..Begun], Length).Run(server);
        await Upload.Patch(Job, _media, Begun, _bytes[Begun..(2 * Begun)])
            .With("Upload-Checksum", Digests.Checksum("md5", [1])).Refused(460, "checksum-mismatch").Run(server);
        using var line = await RawConnection.Open(server);
        await line.SendPatch(Upload.Url(Job, _media), Begun, ("Content-Length", Length - Begun));
        await line.Send(_bytes.AsMemory(Begun..(3 * Begun)));
        await Eventually.True("all that was sent is on the disk", () => server.HasFileOf(3 * Begun));

        await server.Kill();
        await server.Restart();

        await Upload.Head(Job, _media, 3 * Begun, Length).Run(server);
        await Upload.Patch(Job, _media, 3 * Begun, _bytes[(3 * Begun)..]).Run(server);
        Assert.Equal(_bytes, (await Upload.Download(Job, _media).Run(server)).Body);
    }
}

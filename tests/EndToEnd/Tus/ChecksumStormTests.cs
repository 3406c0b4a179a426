using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>Many devices send files in parts of any size at the same time: with the right checksum, a wrong one or none, and some lines break.</summary>
[Collection(TusCollection.Name)]
public sealed class ChecksumStormTests(TusServer fixture)
{
    private const int Devices = 16;
    private const int Length = 400_000;
    private const int LargestPart = 60_000;

    private static readonly string[] s_algorithms = ["sha1", "sha256", "md5"];
    private static readonly string[] s_fields = ["sha-256", "sha-512"];

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task Every_file_arrives_as_it_is() => await Task.WhenAll(Enumerable.Range(0, Devices).Select(seed => Sends(new Random(seed))));

    private async Task Sends(Random random)
    {
        var (media, bytes) = (Fresh.Media(), new byte[Length]);
        random.NextBytes(bytes);
        await Upload.Create(_job, media, Length, ("sha256", TestMedia.Sha256(bytes))).Run(_server);
        for (var offset = 0; offset < Length;)
        {
            var end = Math.Min(Length, offset + 1 + random.Next(LargestPart));
            if (await Counts(random, Upload.Patch(_job, media, offset, bytes[offset..end])))
                offset = end;
            await Upload.Head(_job, media, offset, Length).Run(_server);
        }
        Assert.Equal(bytes, (await Upload.Download(_job, media).Run(_server)).Body);
    }

    /// <summary>Sends a part in one way or another.</summary>
    /// <returns>Whether it must be there now.</returns>
    private async Task<bool> Counts(Random random, HttpTest part)
    {
        var (algorithm, field) = (s_algorithms[random.Next(s_algorithms.Length)], s_fields[random.Next(s_fields.Length)]);
        switch (random.Next(6))
        {
            case 0:
                await part.With("Upload-Checksum", Digests.Checksum(algorithm, [1])).Refused(460, "checksum-mismatch").Run(_server);
                return false;
            case 1:
                await part.With("Content-Digest", Digests.Field(field, [1])).Refused(400, "digest-mismatch").Run(_server);
                return false;
            case 2:
                await Cut(part, Digests.Checksum(algorithm, part.Body!));
                return false;
            case 3:
                await part.With("Content-Digest", Digests.Field(field, part.Body!)).Run(_server);
                return true;
            case 4:
                await part.Run(_server);
                return true;
            default:
                await part.With("Upload-Checksum", Digests.Checksum(algorithm, part.Body!)).Run(_server);
                return true;
        }
    }

    /// <summary>All but the last byte, and then the line breaks.</summary>
    private async Task Cut(HttpTest part, string checksum)
    {
        using var line = await RawConnection.Open(_server);
        await line.SendPatch(part.Path, long.Parse(part.Headers["Upload-Offset"]), ("Content-Length", part.Body!.Length), ("Upload-Checksum", checksum));
        await line.Send(part.Body.AsMemory(..^1));
        line.Finish();
        Assert.Equal("", await line.ReadHead());
    }
}

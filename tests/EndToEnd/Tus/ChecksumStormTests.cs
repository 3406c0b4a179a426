using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>
/// Many devices send files in parts of any size at the same time: with the right checksum, a wrong
/// one or none, and some connections break.
/// </summary>
[Collection(TusCollection.Name)]
public sealed class ChecksumStormTests(TusServer fixture)
{
    [Fact]
    public async Task Every_file_arrives_as_it_is()
    {
        var job = Fresh.Job();
        await Task.WhenAll(
            Enumerable.Range(0, 16).Select(seed => new Device(fixture.Server, job, new Random(seed)).Send()));
    }

    private sealed class Device(IngestServer server, string job, Random random)
    {
        private const int Length = 400_000;
        private const int LargestPart = 60_000;

        private static readonly string[] s_algorithms = ["sha1", "sha256", "md5"];
        private static readonly string[] s_fields = ["sha-256", "sha-512"];

        private readonly Guid _media = Fresh.Media();
        private readonly byte[] _bytes = new byte[Length];
        private int _cuts = 3; // so often a server lets one request take an upload from another in a short time

        private string Algorithm => s_algorithms[random.Next(s_algorithms.Length)];

        private string Field => s_fields[random.Next(s_fields.Length)];

        public async Task Send()
        {
            random.NextBytes(_bytes);
            await Upload.Create(job, _media, Length, ("sha256", TestMedia.Sha256(_bytes))).Run(server);
            for (var offset = 0; offset < Length;)
                offset = await SendPart(offset, Math.Min(Length, offset + 1 + random.Next(LargestPart)));
            Assert.Equal(_bytes, (await Upload.Download(job, _media).Run(server)).Body);
        }

        /// <summary>Sends a part, and looks where the upload is afterwards.</summary>
        private async Task<int> SendPart(int offset, int end)
        {
            try
            {
                var isHere = await Counts(Upload.Patch(job, _media, offset, _bytes[offset..end]));
                offset = isHere ? end : offset;
                await Upload.Head(job, _media, offset, Length).Run(server);
                return offset;
            }
            catch (HttpRequestException) when (_cuts < 3)
            {
                // The request whose line broke began late, and stopped this one.
                return (int)(await Upload.Offset(server, job, _media))!.Value;
            }
        }

        /// <summary>Sends a part in one way or another.</summary>
        /// <returns>Whether it must be there now.</returns>
        private Task<bool> Counts(HttpTest part) => random.Next(6) switch
        {
            0 => Run(part.With("Upload-Checksum", Digests.Checksum(Algorithm, [1])).Refused(460, "checksum-mismatch")),
            1 => Run(
                part.With("Content-Digest", Digests.Field(Field, [1])).Refused(400, Problems.DigestMismatchingValues)),
            2 => Run(part.With("Content-Digest", Digests.Field(Field, part.Body!))),
            3 => Run(part),
            4 when _cuts-- > 0 => Cut(part),
            _ => Run(part.With("Upload-Checksum", Digests.Checksum(Algorithm, part.Body!))),
        };

        private async Task<bool> Run(HttpTest part) => (await part.Run(server)).Status == 204;

        /// <summary>All but the last byte, and then the line breaks.</summary>
        private async Task<bool> Cut(HttpTest part)
        {
            using var line = await RawConnection.Open(server);
            var checksum = Digests.Checksum(Algorithm, part.Body!);
            await line.SendPatch(
                part.Path,
                long.Parse(part.Headers["Upload-Offset"]),
                ("Content-Length", part.Body!.Length),
                ("Upload-Checksum", checksum));
            await line.Send(part.Body.AsMemory(..^1));
            return false;
        }
    }
}

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Tus;

/// <summary>A file in as many parts as one may have.</summary>
[Collection(TusCollection.Name)]
public sealed class ManyPartsTests(TusServer fixture)
{
    private const int MaxParts = 1000;
    private const int PartLength = 7;

    private static readonly ParallelOptions s_parallel = new() { MaxDegreeOfParallelism = 16 };

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();
    private readonly Guid _media = Fresh.Media();
    private readonly byte[] _bytes = TestMedia.Bytes(MaxParts * PartLength);
    private readonly Partial[] _parts = new Partial[MaxParts];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_parts_become_one_file(bool finalComesFirst)
    {
        await ForEachPart(async i => _parts[i] = await Partial.Create(_server, _job, PartLength));
        if (finalComesFirst)
            await Final(MaxParts).Run(_server);
        await ForEachPart(i => _parts[i].Patch(0, Bytes(i)).Run(_server));
        if (!finalComesFirst)
            await Final(MaxParts).Run(_server);

        Assert.Equal(_bytes, (await Upload.Download(_job, _media).Run(_server)).Body);
        var range = Upload.Download(_job, _media).With("Range", "bytes=3499-3500") with { Status = 206 };
        Assert.Equal(_bytes[3499..3501], (await range.Run(_server)).Body);
        Assert.Equal(2, (await fixture.Grpc.GetJob(_job)).AsOf.Seq);
    }

    /// <summary>
    /// The answer's header is longer than many clients read (docs/protocol.md says which).
    /// </summary>
    [Fact]
    public async Task Whoever_asks_gets_all_of_them_back()
    {
        var part = await Partial.Create(_server, _job, PartLength);
        var final = Upload.CreateFinal(_job, _media, Enumerable.Repeat(part.Url, MaxParts));
        await final.Run(_server);

        var head =
            new HttpTest("HEAD", Upload.Url(_job, _media)) { Headers = { ["Tus-Resumable"] = "1.0.0" }, Status = 200 };
        Assert.Equal(final.Headers["Upload-Concat"], (await head.Run(_server))["Upload-Concat"]);
        await part.Patch(0, Bytes(0)).Run(_server);
        Assert.Equal(
            Enumerable.Repeat(Bytes(0), MaxParts).SelectMany(bytes => bytes),
            (await Upload.Download(_job, _media).Run(_server)).Body);
    }

    [Fact]
    public async Task One_part_more_is_refused_before_its_bytes_are_asked_for()
    {
        var part = await Partial.Create(_server, _job, PartLength);

        var refused = await Upload.CreateFinal(_job, _media, Enumerable.Repeat(part.Url, MaxParts + 1))
            .Refused(400, "invalid-concat").Run(_server);

        Assert.Equal(MaxParts.ToString(), refused.Member("maxParts"));
    }

    private HttpTest Final(int parts) => Upload.CreateFinal(_job, _media, _parts.Take(parts).Select(part => part.Url));

    private byte[] Bytes(int part) => _bytes[(part * PartLength)..((part + 1) * PartLength)];

    private static Task ForEachPart(Func<int, Task> work) =>
        Parallel.ForEachAsync(Enumerable.Range(0, MaxParts), s_parallel, async (i, _) => await work(i));
}

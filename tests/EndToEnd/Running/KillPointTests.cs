using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Running;

/// <summary>
/// A server that dies at each of the worst moments of a completion: afterwards the
/// upload goes on or is stored, once.
/// </summary>
public sealed class KillPointTests
{
    private const string Job = "roof-7";
    private const int Length = 50_000;
    private const int Begun = 40_000;

    private static readonly byte[] s_bytes = TestMedia.Bytes(Length, seed: 7);

    /// <summary>Of an upload whose creation is the first commit.</summary>
    public static TheoryData<string> Points =>
        ["after-last-byte", "after-sync", "before-commit:2", "after-commit:2", "before-answer"];

    /// <summary>
    /// Whatever is on the disk after the crash, the start completes the
    /// upload: no client has to ask.
    /// </summary>
    [Theory]
    [MemberData(nameof(Points))]
    public async Task The_last_byte_of_a_patch(string point)
    {
        var media = Fresh.Media();
        await using var server = await IngestServer.StartToDie(point, "Durability=process");
        await Upload.CreateWith(Job, media, s_bytes[..Begun], Length).Run(server);
        await server.DiesOf(Upload.Patch(Job, media, Begun, s_bytes[Begun..]));

        await using var grpc = await GrpcJs.Start(server);
        await Eventually.True("it is stored", async () => (await grpc.GetJob(Job)).Received.Stored == 1);
        await IsStoredOnce(server, media);
    }

    /// <summary>Bytes that were compared with their checksum are as good as any.</summary>
    [Theory]
    [MemberData(nameof(Points))]
    public async Task The_last_byte_of_a_patch_with_a_checksum(string point)
    {
        var media = Fresh.Media();
        await using var server = await IngestServer.StartToDie(point, "Durability=process");
        await Upload.CreateWith(Job, media, s_bytes[..Begun], Length).Run(server);
        await server.DiesOf(WithChecksum(media, s_bytes[Begun..]));

        await using var grpc = await GrpcJs.Start(server);
        await Eventually.True("it is stored", async () => (await grpc.GetJob(Job)).Received.Stored == 1);
        await IsStoredOnce(server, media);
    }

    /// <summary>
    /// Bytes that were not compared are as if they had never come, although
    /// all of them lie on the disk.
    /// </summary>
    [Theory]
    [InlineData("disk", Length)]
    [InlineData("process", Length)]
    [InlineData("process", Begun + 1000)]
    public async Task A_body_whose_checksum_was_not_compared(string durability, int end)
    {
        var media = Fresh.Media();
        await using var server = await IngestServer.StartToDie("before-verifying", $"Durability={durability}");
        await Upload.CreateWith(Job, media, s_bytes[..Begun], Length).Run(server);
        await server.DiesOf(WithChecksum(media, s_bytes[Begun..end]));

        await using (var grpc = await GrpcJs.Start(server))
            Assert.Equal(Begun, (await grpc.FindMedia(Job, media)).Offset);
        await Upload.Head(Job, media, Begun, Length).Run(server);
        await Upload.Patch(Job, media, Begun, s_bytes[Begun..]).Run(server);
        await IsStoredOnce(server, media);
    }

    /// <summary>
    /// A body that came whole is stored, or the journal never knew of it:
    /// then its client sends it again.
    /// </summary>
    [Theory]
    [InlineData("after-last-byte")]
    [InlineData("after-sync")]
    [InlineData("before-commit")]
    [InlineData("after-commit")]
    [InlineData("before-answer")]
    public async Task A_whole_body(string point)
    {
        var media = Fresh.Media();
        await using var server = await IngestServer.StartToDie(point, "Durability=disk");
        await server.DiesOf(Upload.CreateWith(Job, media, s_bytes, Length));

        await Upload.CreateWith(Job, media, s_bytes, Length).Run(server);
        await IsStoredOnce(server, media);
    }

    /// <summary>
    /// The duplicate's bytes are freed only after the answer was given, whether or
    /// not the client still got it.
    /// </summary>
    [Fact]
    public async Task A_duplicates_bytes_are_freed_last()
    {
        var (media, duplicate) = (Fresh.Media(), Fresh.Media());
        await using var server = await IngestServer.StartToDie("while-freeing");
        await Upload.CreateWith(Job, media, s_bytes, Length).Run(server);

        await server.DiesOf(Upload.CreateWith(Job, duplicate, s_bytes, Length));

        Assert.Equal(s_bytes, (await Upload.Download(Job, duplicate).Run(server)).Body);
        await Upload.Head(Job, duplicate, Length, Length).Run(server);
    }

    private static HttpTest WithChecksum(Guid media, byte[] bytes) =>
        Upload.Patch(Job, media, Begun, bytes).With("Upload-Checksum", Digests.Checksum("sha1", bytes));

    private static async Task IsStoredOnce(IngestServer server, Guid media)
    {
        await Upload.Head(Job, media, Length, Length).Run(server);
        Assert.Equal(s_bytes, (await Upload.Download(Job, media).Run(server)).Body);
        await using var grpc = await GrpcJs.Start(server);
        var job = await grpc.GetJob(Job);
        Assert.Equal(new Received { Total = 1, Stored = 1, StoredBytes = Length }, job.Received);
        Assert.Equal(2, job.AsOf.Seq);
    }
}

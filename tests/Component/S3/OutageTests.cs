using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>Tests during which the server is away, so that no others run beside them.</summary>
[CollectionDefinition(nameof(OutageTests), DisableParallelization = true)]
public sealed class OutageCollection;

/// <summary>The server goes away in the middle of uploads, and comes back.</summary>
[Collection(nameof(OutageTests))]
public sealed class OutageTests(S3Server server) : S3Test(server)
{
    [Fact]
    public async Task A_short_outage_is_waited_out()
    {
        var bytes = Random(22 * MiB);
        await using var writer = await Store.Append(Blob, 0, generation: 1);
        await Write(writer, bytes.AsMemory(0, 6 * MiB));
        await writer.Sync();

        await Server.StopGateway();
        var writing = Write(writer, bytes.AsMemory(6 * MiB));
        await Server.StartGateway();

        await writing;
        await Store.Finish(Blob, bytes.Length);
        await MustBeStored(bytes, Blob);
    }

    [Fact]
    public async Task After_a_long_one_everything_that_was_recorded_is_there()
    {
        var bytes = Random(13 * MiB);
        await using (var writer = await Store.Append(Blob, 0, generation: 1))
        {
            await Write(writer, bytes.AsMemory(0, 7 * MiB));
            await writer.Sync();
            await Server.StopGateway();
            await Write(writer, bytes.AsMemory(7 * MiB, MiB));
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await writer.Sync());
        }
        await Server.StartGateway();

        var restarted = Data.OpenStore();
        Assert.Equal(7 * MiB, await restarted.SafeLength(Blob, recorded: 0));
        await Append(bytes.AsMemory(7 * MiB), 7 * MiB, restarted, Data.Rows.TakeOver(Blob.Uuid));
        await restarted.Finish(Blob, bytes.Length);

        await MustBeStored(bytes, Blob);
    }
}

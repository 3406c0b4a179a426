using System.Net;
using System.Net.Sockets;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3;
using OrleansIngest.Storage.S3.Buckets;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>A server that is slow, refuses, or is not there.</summary>
public sealed class FailureTests(S3Server server) : S3Test(server)
{
    [Fact]
    public async Task A_server_that_says_SlowDown_is_asked_again()
    {
        var refused = 0;
        Requests.Answer = _ => Interlocked.Increment(ref refused) % 4 < 2 ? S3Requests.SlowDown : null;
        var bytes = Random(11 * MiB);

        await Append(bytes, 0);
        await Store.Finish(Blob, bytes.Length);

        Requests.Answer = _ => null;
        await MustBeStored(bytes, Blob);
    }

    [Fact]
    public async Task It_is_asked_again_when_it_wants_to_be()
    {
        var asked = new List<DateTime>();
        Requests.Answer = _ =>
        {
            asked.Add(DateTime.UtcNow);
            var answer = S3Requests.SlowDown;
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(1));
            return asked.Count == 1 ? answer : null;
        };

        await Store.SafeLength(Blob, recorded: 0);

        Assert.Equal(2, asked.Count);
        Assert.True(asked[1] - asked[0] > TimeSpan.FromSeconds(0.9));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_left_alone_for_a_while()
    {
        var store = Away(TimeSpan.FromHours(1));

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.SafeLength(Blob, recorded: 0));
        var count = Requests.All.Count;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.SafeLength(Blob, recorded: 0));

        Assert.Equal(count, Requests.All.Count);
    }

    [Fact]
    public async Task After_that_it_is_tried_again()
    {
        var store = Away(TimeSpan.Zero);
        for (var i = 0; i < 4; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.SafeLength(Blob, recorded: 0));

        Requests.Answer = _ => new HttpResponseMessage(HttpStatusCode.NotFound);

        Assert.Equal(0, await store.SafeLength(Blob, recorded: 0));
    }

    [Fact]
    public async Task A_wrong_key_is_told_without_the_secret()
    {
        const string Secret = "wrong-secret-0123456789";
        var store = Data.OpenStore(Options with { SecretKey = Secret });

        var read = await Assert.ThrowsAsync<IOException>(async () => await store.Finish(Blob, 0));

        Assert.Contains("check the keys", read.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, read.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Options.SecretKey!, $"{Options}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_told()
    {
        var store = Data.OpenStore(Options with { Bucket = $"{Guid.NewGuid():N}" });

        var refusal = await Assert.ThrowsAsync<IOException>(async () => await store.Finish(Blob, 0));

        Assert.Contains("The bucket does not exist", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_changed_on_their_way_are_sent_again()
    {
        var wrong = 0;
        Requests.Answer = request =>
        {
            if (request.Method != HttpMethod.Put || Interlocked.Increment(ref wrong) > 1)
                return null;
            var answer = new HttpResponseMessage(HttpStatusCode.OK);
            answer.Headers.ETag = new($"\"{new string('0', 32)}\"");
            return answer;
        };

        await Append(Random(1000), 0);

        Assert.Equal(2, Requests.All.Count(method => method == "PUT"));
    }

    [Fact]
    public async Task Memory_is_bounded_and_nobody_waits_for_ever()
    {
        var store = Data.OpenStore(Options with { MemoryBudget = 2 * MiB });
        var contents = Enumerable.Range(0, 6).Select(i => (Blob: store.New(), Bytes: Random((6 * MiB) + i))).ToList();

        await Task.WhenAll(contents.Select(content => Task.Run(async () =>
        {
            await using (var writer = await store.Append(content.Blob, 0, generation: 1))
                await Write(writer, content.Bytes);
            await store.Finish(content.Blob, content.Bytes.Length);
        }))).Soon();

        foreach (var (blob, bytes) in contents)
            Assert.Equal(bytes, await ReadAll(store, blob));
        Assert.Equal(2 * MiB / BlockPool.BlockLength, store.Pool.Free);
    }

    [Fact]
    public async Task A_writer_waits_while_the_server_does_not_take_its_bytes()
    {
        var gate = new TaskCompletionSource();
        var store = Data.OpenStore(Options with { MemoryBudget = 6 * MiB }, Requests.Wrap);
        Requests.Before = request => request.Method == HttpMethod.Put ? gate.Task : Task.CompletedTask;
        await using var writer = await store.Append(Blob, 0, generation: 1);

        var writing = Write(writer, Random(12 * MiB));

        while (store.Pool.Free > 0)
            await Task.Yield();
        Assert.False(writing.IsCompleted);
        Assert.Equal(0, writer.SafeOffset);
        gate.SetResult();
        await writing.Soon();
    }

    private S3MediaStore Away(TimeSpan pause)
    {
        Requests.Answer = _ => throw new HttpRequestException("refused", new SocketException());
        return Data.OpenStore(
            Options with { RetryTime = TimeSpan.FromMilliseconds(50), CircuitPause = pause }, Requests.Wrap);
    }
}

using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using OrleansIngest.EndToEnd.Api;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Feed;

/// <summary>What a browser does: gRPC-Web over HTTP/1.1.</summary>
[Collection(ApiCollection.Name)]
public sealed class GrpcWebTests(ApiServer fixture)
{
    private const byte Trailers = 0x80;

    private readonly IngestServer _server = fixture.Server;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task A_call_is_answered()
    {
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);

        using var response = await Call("Jobs/GetJob", new GetJobRequest { Job = _job });
        await using var body = await response.Content.ReadAsStreamAsync();
        var job = Job.Parser.ParseFrom((await Frame(body)).Payload);
        var (flag, trailers) = await Frame(body);

        Assert.Equal(new Received { Total = 1, Stored = 1, StoredBytes = 3 }, job.Received);
        Assert.Equal(Trailers, flag);
        Assert.Matches("grpc-status: ?0", Encoding.ASCII.GetString(trailers));
    }

    [Fact]
    public async Task A_failure_says_why()
    {
        using var response = await Call("Jobs/GetJob", new GetJobRequest { Job = _job });

        var said = await Said(response);
        Assert.Matches("grpc-status: ?5", said);
        Assert.Matches("ingest-error: ?job-not-found", said);
    }

    [Fact]
    public async Task A_watcher_gets_facts_as_they_happen()
    {
        using var response = await Call("ActivityFeed/Watch", new WatchRequest { Job = _job });
        await using var body = await response.Content.ReadAsStreamAsync();

        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        var first = ActivityEvent.Parser.ParseFrom((await Frame(body)).Payload);
        var second = ActivityEvent.Parser.ParseFrom((await Frame(body)).Payload);

        Assert.Equal((1L, 3L), (first.Seq, first.UploadStarted.Length));
        Assert.Equal((2L, 3L), (second.Seq, second.MediaStored.Length));
    }

    [Fact]
    public async Task A_watcher_of_many_jobs_gets_the_facts_of_all_of_them()
    {
        var other = Fresh.Job();
        var request = new WatchManyRequest { Watched = { new WatchedJob { Job = _job }, new WatchedJob { Job = other } } };
        using var response = await Call("ActivityFeed/WatchMany", request);
        await using var body = await response.Content.ReadAsStreamAsync();

        await Upload.CreateWith(other, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        await Upload.CreateWith(_job, Fresh.Media(), [1, 2, 3], 3).Run(_server);
        var seen = new List<ActivityEvent>();
        while (seen.Count < 4)
            seen.Add(ActivityEvent.Parser.ParseFrom((await Frame(body)).Payload));

        Assert.Equal([(other, 1), (other, 2), (_job, 1), (_job, 2)], seen.Select(e => (e.Job, (int)e.Seq)));
        Assert.Distinct(seen.Select(e => e.Checksum));
    }

    [Fact]
    public async Task A_message_that_is_too_large_has_an_error_of_its_own()
    {
        var report = new ReportQueueRequest { Device = "phone-1", Revision = 1, Owner = new string('x', 5 << 20) };

        using var response = await Call("Devices/ReportQueue", report);

        var said = await Said(response);
        Assert.Matches("grpc-status: ?8", said);
        Assert.Matches("ingest-error: ?message-too-large", said);
    }

    private async Task<HttpResponseMessage> Call(string method, IMessage message)
    {
        var payload = message.ToByteArray();
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        var request = new HttpRequestMessage(HttpMethod.Post, $"/ingest.v1.{method}") { Content = new ByteArrayContent(frame) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc-web+proto");
        var response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.StartsWith("application/grpc-web", response.Content.Headers.ContentType?.MediaType);
        return response;
    }

    private static async Task<(byte Flag, byte[] Payload)> Frame(Stream body)
    {
        var head = new byte[5];
        await body.ReadExactlyAsync(head).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await body.ReadExactlyAsync(payload);
        return (head[0], payload);
    }

    /// <summary>Headers and trailers: a failure before the first message may be in either.</summary>
    private static async Task<string> Said(HttpResponseMessage response) =>
        $"{response.Headers}\n{Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync())}";
}

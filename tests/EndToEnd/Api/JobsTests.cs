using Google.Protobuf;
using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Api;

[Collection(ApiCollection.Name)]
public sealed class JobsTests(ApiServer fixture)
{
    private readonly IngestServer _server = fixture.Server;
    private readonly GrpcJs _grpc = fixture.Grpc;
    private readonly string _job = Fresh.Job();

    [Fact]
    public async Task A_job_is_counted_as_of_an_event()
    {
        await Store([1, 2, 3]);
        await Store([1, 2, 3]);
        await Upload.Create(_job, Fresh.Media(), 10).Run(_server);

        var job = await _grpc.GetJob(_job);

        Assert.Equal((_job, 5), (job.Job_, job.AsOf.Seq));
        Assert.Equal(
            new Received { Total = 3, Waiting = 1, Stored = 1, Duplicates = 1, StoredBytes = 3 },
            job.Received);
        Assert.True(job.FirstEventAt <= job.LastEventAt);
    }

    [Fact]
    public async Task Jobs_are_listed_by_key_in_pages()
    {
        var prefix = Fresh.Job();
        string[] mine = [$"{prefix}-a", $"{prefix}-b", $"{prefix}.c", $"{prefix}C"];
        foreach (var job in mine)
            await Upload.CreateWith(job, Fresh.Media(), [1, 2], 2).Run(_server);

        var all = await ListJobs(pageSize: 3);

        Assert.Equal(all.Select(j => j.Job).Order(StringComparer.Ordinal), all.Select(j => j.Job));
        Assert.Equal(all.Count, all.Select(j => j.Job).Distinct().Count());
        var found = all.Where(j => j.Job.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.Equal(mine.Order(StringComparer.Ordinal), found.Select(j => j.Job));
        Assert.All(found, j => Assert.Equal((2L, 0L, 1L, 2L), (j.AsOf.Seq, j.Open, j.Stored, j.StoredBytes)));
    }

    [Fact]
    public async Task The_last_page_of_jobs_says_that_it_is_the_last()
    {
        await Store([1]);
        var count = (await ListJobs(pageSize: 1000)).Count;

        var page = await _grpc.Call<ListJobsResponse>("Jobs/ListJobs", new ListJobsRequest { PageSize = count });

        Assert.Equal((count, ""), (page.Jobs.Count, page.NextPageToken));
    }

    [Fact]
    public async Task A_device_can_ask_which_files_are_there_already()
    {
        var known = await Store([1, 2, 3], "crew-1");
        await Store([1, 2, 3], "crew-2");
        var unknown = ByteString.CopyFrom(new byte[32]);
        var hash = Hash(1, 2, 3);

        var found = await Find(unknown, hash);

        Assert.Equal(
            new KnownMedia { Sha256 = hash, Media = known.ToString(), Device = "crew-1" },
            Assert.Single(found.Known));
        Assert.Equal(4, found.AsOf.Seq);
    }

    [Fact]
    public async Task Fifteen_hundred_hashes_can_be_asked_for_at_once()
    {
        var hashes = Enumerable.Range(0, 1500).Select(i => Hash((byte)i, (byte)(i >> 8))).ToArray();
        await Store([7, 0]);
        await Store([3, 1]);

        var found = await Find(hashes);

        Assert.Equal([hashes[7], hashes[259]], found.Known.Select(k => k.Sha256));
    }

    private async Task<Guid> Store(byte[] bytes, string device = "")
    {
        var media = Fresh.Media();
        await Upload.CreateWith(_job, media, bytes, bytes.Length, ("device", device)).Run(_server);
        return media;
    }

    private static ByteString Hash(params byte[] bytes) =>
        ByteString.CopyFrom(Convert.FromHexString(TestMedia.Sha256(bytes)));

    private Task<FindDuplicatesResponse> Find(params ByteString[] hashes) =>
        _grpc.Call<FindDuplicatesResponse>(
            "Jobs/FindDuplicates", new FindDuplicatesRequest { Job = _job, Sha256 = { hashes } });

    private async Task<List<JobRow>> ListJobs(int pageSize)
    {
        var jobs = new List<JobRow>();
        var request = new ListJobsRequest { PageSize = pageSize };
        do
        {
            var page = await _grpc.Call<ListJobsResponse>("Jobs/ListJobs", request);
            Assert.InRange(page.Jobs.Count, 0, pageSize);
            jobs.AddRange(page.Jobs);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return jobs;
    }
}

using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.MainJob;

/// <summary>What must be true of a job when all devices are done.</summary>
internal static class JobChecks
{
    /// <summary>
    /// Every media is safe, one per distinct file is stored, and each of the others names
    /// the media that it duplicates.
    /// </summary>
    public static async Task EveryMediaIsSafe(GrpcJs grpc, FieldWork work)
    {
        var media = await grpc.ListAllMedia(FieldWork.Job);
        Assert.Equal(work.Sources.Select(s => s.Media).Order(), media.Select(m => Guid.Parse(m.Media_)).Order());
        Assert.All(media, m => Assert.True(m.State is MediaState.Stored or MediaState.Duplicate, m.ToString()));
        Assert.All(media, m => Assert.Equal(work.Sources.Single(s => s.Media == Guid.Parse(m.Media_)).Sha256, Hex(m)));
        var stored = media.Where(m => m.State == MediaState.Stored).ToDictionary(Hex, m => m.Media_);
        Assert.Equal(work.Distinct, stored.Count);
        Assert.All(media.Where(m => m.State == MediaState.Duplicate), m => Assert.Equal(stored[Hex(m)], m.DuplicateOf));
    }

    /// <summary>The counters add up, and nothing is left open.</summary>
    public static async Task CountersAddUp(GrpcJs grpc, FieldWork work)
    {
        var job = await grpc.Call<Job>("Jobs/GetJob", new GetJobRequest { Job = FieldWork.Job });
        var expected = new Received
        {
            Total = work.Sources.Count,
            Stored = work.Distinct,
            Duplicates = work.Sources.Count - work.Distinct,
            StoredBytes = work.Sources.DistinctBy(s => s.Sha256).Sum(s => s.Length),
        };
        Assert.Equal(expected, job.Received);
        Assert.Equal(2 * work.Sources.Count, job.AsOf.Seq); // each was started once, and ended once
    }

    /// <summary>What comes down is what went up, to the byte.</summary>
    public static async Task BytesAreThoseOfTheSource(IngestServer server, FieldWork work)
    {
        foreach (var source in work.Sources)
        {
            var url = $"/jobs/{FieldWork.Job}/media/{source.Media}";
            using var response = await server.Client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(response.IsSuccessStatusCode, $"{source}: {response}");
            Assert.Equal($"\"{source.Sha256}\"", response.Headers.ETag!.Tag);
            Assert.Equal(source.IsVideo ? "video/mp4" : "image/jpeg", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal(source.Sha256, await TestMedia.Sha256(await response.Content.ReadAsStreamAsync()));
        }
    }

    private static string Hex(Media media) => Convert.ToHexStringLower(media.Sha256.Span);
}

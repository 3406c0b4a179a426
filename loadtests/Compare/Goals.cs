using OrleansIngest.LoadTests.Compare.Measuring;
using OrleansIngest.LoadTests.Compare.Servers;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Compare;

/// <summary>The goals for these servers.</summary>
internal static class Goals
{
    /// <summary>
    /// The variant of this server that is compared with nginx and @tus/server: like them,
    /// <c>Process</c> does not wait for the disk.
    /// </summary>
    public static IEnumerable<Goal> Check(IReadOnlyList<WorkloadResult> results)
    {
        WorkloadResult? Of(string key) => results.FirstOrDefault(result => result.Body.Key == key);
        return
        [
            ToNginx(Of("64k"), "64 KiB in one request", 1.5),
            ToTus(Of("64k"), "64 KiB in one request", 0.2),
            new(
                "64 KiB, 64 connections: uploads/s of Disk / Process", 0.5, AtLeast: true,
                Of("64k-64")?.RateTo(Peer.OursProcess, Peer.OursDisk)),
            ToNginx(Of("5m"), "5 MB in one request", 1.25),
            ToTus(Of("5m"), "5 MB in one request", 0.5),
            ToNginx(Of("256m"), "256 MB in 8 MiB PATCHes", 1.25),
            ToTus(Of("256m"), "256 MB in 8 MiB PATCHes", 0.5),
        ];
    }

    private static Goal ToNginx(WorkloadResult? result, string body, double bound) =>
        new(
            $"{body}: CPU of Process / (nginx PUT + one SHA-256 pass)", bound, AtLeast: false,
            result?.CpuToNginxAndSha256(Peer.OursProcess));

    private static Goal ToTus(WorkloadResult? result, string body, double bound) =>
        new($"{body}: CPU of Process / @tus/server", bound, AtLeast: false, result?.CpuTo(Peer.Tus, Peer.OursProcess));
}

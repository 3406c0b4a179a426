using NBomber.Contracts;
using OrleansIngest.LoadTests.Scenarios.Bench;
using OrleansIngest.LoadTests.Scenarios.Runs;

namespace OrleansIngest.LoadTests.Scenarios;

/// <summary>A load test.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="About">A description.</param>
/// <param name="Create">Creates the scenarios, which run side by side.</param>
/// <param name="Settings">Settings of the server that is started for the load test.</param>
internal sealed record LoadTest(
    string Name, string About, Func<TestBench, ScenarioProps[]> Create, params string[] Settings)
{
    /// <summary>All load tests.</summary>
    public static IReadOnlyList<LoadTest> All { get; } =
    [
        new(
            "site-inspection", "devices with 50 photos of 3-8 MB and a video each, at their own pace, with dashboards",
            SiteInspection.Create),
        new("hot-job", "hundreds of devices, one job, as fast as they can", HotJob.Create),
        new("small-photos", "small photos in one request each, at a fixed rate", SmallPhotos.Create),
        new("big-video", "videos in chunks", BigVideo.Create),
        new(
            "flaky-network", "connections that break in the middle of a body, and devices that go on",
            FlakyNetwork.Create),
        new("feed-fan-out", "many watchers of one busy job", FeedFanOut.Create),
        new("soak", "a mix for a long time: memory and handles stay flat", Soak.Create, Soak.GrainIdle),
    ];
}

using OrleansIngest.LoadTests.Growth.Sections;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Growth;

/// <summary>What can be measured by itself, with servers of its own.</summary>
/// <param name="Key">Its name for <c>--sections</c>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Measure">Does it.</param>
internal sealed record Section(string Key, string Name, Func<Scale, Task<SectionResult>> Measure)
{
    public static readonly Section[] All =
    [
        new("allocations", "Allocations", Allocations.Measure),
        new("idle", "Idle connections", IdleConnections.Measure),
        new("active", "Active uploads", ActiveUploads.Measure),
        new("large-job", "Large job", LargeJob.Measure),
        new("hot-job", "Hot job", HotJob.Measure),
        new("feed", "Feed", LiveFeed.Measure),
    ];
}

/// <summary>What was measured.</summary>
internal sealed record SectionResult(IReadOnlyList<Chart> Charts, IReadOnlyList<Goal> Goals);

/// <summary>Figures that can be compared with each other.</summary>
/// <param name="Title">What they are, with their unit.</param>
/// <param name="Figures">They.</param>
internal sealed record Chart(string Title, IReadOnlyList<Figure> Figures);

/// <summary>A figure.</summary>
/// <param name="Label">Of what.</param>
/// <param name="Rounds">One for each time that it was measured.</param>
internal sealed record Figure(string Label, params IReadOnlyList<double> Rounds)
{
    public double Median => Rounds.Median();

    /// <summary>In relation to another one: the median of the rounds' ratios, for neighbours in time have the same weather.</summary>
    public double To(Figure other) => Rounds.Zip(other.Rounds, (a, b) => a / b).Median();
}

using OrleansIngest.LoadTests.Growth.Sections;
using OrleansIngest.LoadTests.Support;
using OrleansIngest.LoadTests.Support.Reports;

namespace OrleansIngest.LoadTests.Growth;

/// <summary>A part of the measurement that can run by itself, with servers of its own.</summary>
/// <param name="Key">The name for <c>--sections</c>.</param>
/// <param name="Name">The name in reports.</param>
/// <param name="Measure">Measures the section.</param>
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

/// <summary>The results of a section.</summary>
internal sealed record SectionResult(IReadOnlyList<Chart> Charts, IReadOnlyList<Goal> Goals);

/// <summary>Figures that can be compared with each other.</summary>
/// <param name="Title">The title, with the unit.</param>
/// <param name="Figures">The figures.</param>
internal sealed record Chart(string Title, IReadOnlyList<Figure> Figures);

/// <summary>A figure.</summary>
/// <param name="Label">The label.</param>
/// <param name="Rounds">One value for each round.</param>
internal sealed record Figure(string Label, params IReadOnlyList<double> Rounds)
{
    public double Median => Rounds.Median();

    /// <summary>
    /// The ratio to another figure: the median of the rounds' ratios, because figures of the same
    /// round share the state of the machine.
    /// </summary>
    public double To(Figure other) => Rounds.Zip(other.Rounds, (a, b) => a / b).Median();
}

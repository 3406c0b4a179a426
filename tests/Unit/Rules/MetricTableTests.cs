using System.Text.RegularExpressions;

namespace OrleansIngest.Unit.Tests.Rules;

/// <summary>The page of metrics that users read, and the instruments in the code.</summary>
public sealed partial class MetricTableTests
{
    [Fact]
    public void The_page_of_metrics_lists_every_instrument_with_its_unit_and_nothing_else()
    {
        var code = Sources().SelectMany(file => InCode().Matches(File.ReadAllText(file))).Select(Row).ToList();

        Assert.True(code.Count > 20, "The instruments in the code were not found.");
        Assert.Equal(
            code.Order(),
            InDocs().Matches(File.ReadAllText(Path.Combine(Project.Root, "docs/metrics.md"))).Select(Row).Order());
    }

    private static IEnumerable<string> Sources() =>
        Directory.EnumerateFiles(Path.Combine(Project.Root, "src"), "*.cs", SearchOption.AllDirectories);

    private static string Row(Match match) =>
        $"{match.Groups["name"].Value} {(match.Groups["unit"] is { Success: true, Value: var unit } ? unit : "s")}";

    [GeneratedRegex(
        @"(Telemetry\.Durations\(""(?<name>ingest\.[a-z.]+)""|"
            + @"(Create\w+<\w+>|Telemetry\.Counts)\(""(?<name>ingest\.[a-z.]+)"", ""(?<unit>[^""]+)"")",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex InCode();

    [GeneratedRegex(
        @"^\| `(?<name>ingest\.[a-z.]+)` \| [a-z -]+ \| `(?<unit>[^`]+)` \|",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex InDocs();
}

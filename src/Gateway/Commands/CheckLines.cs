using OrleansIngest.Salvage.Checks;

namespace OrleansIngest.Gateway.Commands;

/// <summary>What a check says to people.</summary>
internal static class CheckLines
{
    /// <summary>A line for each database, and one for each damage.</summary>
    /// <param name="report">What was found in the journal's database.</param>
    /// <param name="grainDatabase">The path of the grains' database.</param>
    /// <param name="grainDamage">What is wrong with it, or null.</param>
    public static IEnumerable<string> Of(CheckReport report, string grainDatabase, string? grainDamage) =>
    [
        $"{report.Database}: {report.Jobs} jobs, {report.Events} events, {(report.IsWhole ? "whole" : "damaged:")}",
        .. report.Damage.Select(damage => $"  {damage}"),
        $"{grainDatabase}: {grainDamage ?? "whole"}",
    ];
}

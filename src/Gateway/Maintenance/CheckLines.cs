using OrleansIngest.Salvage.Checks;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>Formats the result of a check for people.</summary>
internal static class CheckLines
{
    /// <summary>One line for each database, and one for each damage.</summary>
    /// <param name="report">The result for the journal's database.</param>
    /// <param name="grainDatabase">The path of the grains' database.</param>
    /// <param name="grainDamage">The damage of the grains' database; null if there is none.</param>
    public static IEnumerable<string> Of(CheckReport report, string grainDatabase, string? grainDamage) =>
    [
        $"{report.Database}: {report.Jobs} jobs, {report.Events} events, {(report.IsWhole ? "whole" : "damaged:")}",
        .. report.Damage.Select(damage => $"  {damage}"),
        $"{grainDatabase}: {grainDamage ?? "whole"}",
    ];
}

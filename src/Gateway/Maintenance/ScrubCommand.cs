using OrleansIngest.Gateway.Control;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary><c>./run scrub [--job KEY]</c>: scrubs at full speed and prints the findings.</summary>
internal sealed class ScrubCommand(Scrubber scrubber) : IControlCommand
{
    /// <inheritdoc/>
    public string Name => "scrub";

    /// <inheritdoc/>
    public async Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation)
    {
        var report = await scrubber.Scrub(arguments.GetValueOrDefault("job"), cancellation);
        await tell($"checked: {report.Checked} ({report.Bytes} bytes)");
        await tell($"damaged before: {report.KnownDamaged}");
        await Tell("damaged now", report.Damaged, tell);
        await Tell("repaired", report.Repaired, tell);
        return report.KnownDamaged + report.Damaged.Count == 0 ? 0 : 1;
    }

    private static async Task Tell(string what, List<ScrubFinding> findings, Func<string, Task> tell)
    {
        await tell($"{what}: {findings.Count}");
        foreach (var finding in findings)
            await tell($"  job {finding.Job}, media {finding.Media}: {finding.Message}");
    }
}

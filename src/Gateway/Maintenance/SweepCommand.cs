using OrleansIngest.Gateway.Control;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary><c>./run sweep [--grace TIME]</c>: sweeps once and prints the result.</summary>
internal sealed class SweepCommand(Sweeper sweeper) : IControlCommand
{
    /// <inheritdoc/>
    public string Name => "sweep";

    /// <inheritdoc/>
    public async Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation)
    {
        TimeSpan? grace = arguments.TryGetValue("grace", out var time) ? TimeSpan.Parse(time) : null;
        var report = await sweeper.Sweep(grace, cancellation);
        await tell($"expired uploads: {report.Expired}");
        await tell($"freed, unfinished: {report.Unfinished}");
        await tell($"freed, finished: {report.Orphaned}");
        await tell($"waiting for their time: {report.Waiting}");
        await tell($"failures: {report.Failures}");
        return report.Failures == 0 ? 0 : 1;
    }
}

using OrleansIngest.Gateway.Control;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Silo;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// <c>./run check</c> while a server runs. The check reads a snapshot of each database and does
/// not block writers.
/// </summary>
internal sealed class CheckCommand(IngestOptions options) : IControlCommand
{
    /// <inheritdoc/>
    public string Name => "check";

    /// <inheritdoc/>
    public async Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation)
    {
        var (journal, grains) = (SqliteStorage.PathIn(options.DataDir), GrainDatabase.PathIn(options.DataDir));
        var report = await Task.Run(() => DatabaseCheck.WhileItIsUsed(journal), cancellation);
        var pages = await Task.Run(() => DatabaseCheck.PagesWhileItIsUsed(grains), cancellation);
        var damage = pages is [var first, ..] ? first : null;
        foreach (var line in CheckLines.Of(report, grains, damage))
            await tell(line);
        return report.IsWhole && damage is null ? 0 : 1;
    }
}

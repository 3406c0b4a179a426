using OrleansIngest.Gateway.Control;
using OrleansIngest.Salvage.Backup;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// <c>./run backup --to FOLDER</c>. Backups run one at a time: during each, freed bytes stay on the
/// disk, and two would keep twice as many.
/// </summary>
internal sealed class BackupCommand(DataBackup backup) : IControlCommand
{
    private readonly SemaphoreSlim _one = new(1);

    /// <inheritdoc/>
    public string Name => "backup";

    /// <inheritdoc/>
    public async Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            // On a thread of the pool: checking the journal is long synchronous work.
            return await Task.Run(() => backup.Run(arguments["to"], tell, cancellation), cancellation) == 0 ? 0 : 1;
        }
        finally
        {
            _one.Release();
        }
    }
}

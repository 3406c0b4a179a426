using OrleansIngest.Gateway.Control;
using OrleansIngest.Salvage.Backup;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// <c>./run backup --to FOLDER</c>: one at a time, for two would keep twice as much from being freed.
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
            // Not on the caller's thread: checking the journal is long work without a pause.
            return await Task.Run(() => backup.Run(arguments["to"], tell, cancellation), cancellation) == 0 ? 0 : 1;
        }
        finally
        {
            _one.Release();
        }
    }
}

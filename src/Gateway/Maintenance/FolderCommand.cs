using OrleansIngest.Gateway.Control;
using OrleansIngest.Storage;

namespace OrleansIngest.Gateway.Maintenance;

/// <summary>
/// A command that is about a data folder, on a node that keeps nothing in one. It says what to do
/// instead.
/// </summary>
internal sealed class FolderCommand(string name) : IControlCommand
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public Task<int> Run(
        IReadOnlyDictionary<string, string> arguments, Func<string, Task> tell, CancellationToken cancellation) =>
        throw NotInCluster(name);

    /// <summary>Why a command cannot be run in a cluster.</summary>
    public static StorageException NotInCluster(string name) => new(
        $"{name} is for a data folder, and the data are in PostgreSQL and S3:"
        + " docs/cluster.md tells what to do instead.");
}

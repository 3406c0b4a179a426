using OrleansIngest.Storage;

namespace OrleansIngest.Salvage.Checks;

/// <summary>What a check of a database found.</summary>
/// <param name="Database">The full path of the file.</param>
/// <param name="Jobs">How many jobs it has.</param>
/// <param name="Events">How many events could be read.</param>
/// <param name="Damage">What is wrong, in words for the operator; empty if
/// nothing is wrong.</param>
public sealed record CheckReport(string Database, long Jobs, long Events, IReadOnlyList<string> Damage)
{
    private const int MaxNamed = 5;

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsWhole => Damage.Count == 0;

    /// <summary>Throws if the database is damaged.</summary>
    /// <exception cref="StorageException">The database is damaged.</exception>
    public void MustBeWhole()
    {
        if (IsWhole)
            return;
        var more = Damage.Count > MaxNamed ? $"; and {Damage.Count - MaxNamed} more, which ./run check lists" : "";
        throw new StorageException(
            $"{Database} is damaged: {string.Join("; ", Damage.Take(MaxNamed))}{more}. "
            + "Nothing was changed: put a backup in its place, or see docs/salvage.md.");
    }
}

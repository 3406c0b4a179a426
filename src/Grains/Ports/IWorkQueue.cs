namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The queue of work that follows from events. <see cref="IJournal.Append"/> adds an item in the
/// transaction of its events. A worker leases an item, does the work, and removes the item. If the
/// lease runs out first, another worker can lease it: an item is done at least once.
/// </summary>
public interface IWorkQueue
{
    /// <summary>
    /// Leases the oldest items of a kind, at most <paramref name="limit"/>, until
    /// <paramref name="until"/>.
    /// </summary>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task<IReadOnlyList<LeasedWork>> Lease(string kind, int limit, DateTimeOffset now, DateTimeOffset until);

    /// <summary>Removes an item that was done.</summary>
    /// <returns>False if the lease ran out and another worker has leased the item.</returns>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task<bool> Complete(LeasedWork work);

    /// <summary>
    /// Gives an item back. It cannot be leased before <paramref name="notBefore"/>.
    /// </summary>
    /// <returns>False if the lease ran out and another worker has leased the item.</returns>
    /// <exception cref="JournalException">The journal failed.</exception>
    Task<bool> Release(LeasedWork work, DateTimeOffset notBefore);
}

/// <summary>Work for a media.</summary>
/// <param name="Kind">The kind of work; see <see cref="WorkKinds"/>.</param>
/// <param name="Job">The key of the job.</param>
/// <param name="Media">The UUID of the media.</param>
public sealed record WorkItem(string Kind, string Job, Guid Media);

/// <summary>A leased item.</summary>
/// <param name="Item">The work.</param>
/// <param name="Id">The number of the item in the queue.</param>
/// <param name="Attempt">How often the item was leased, including this lease.</param>
public sealed record LeasedWork(WorkItem Item, long Id, int Attempt);

/// <summary>The kinds of work.</summary>
public static class WorkKinds
{
    /// <summary>Extract the thumbnail and the metadata of a stored media.</summary>
    public const string Process = "process";
}

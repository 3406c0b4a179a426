
namespace OrleansIngest.Grains.Ports;

/// <summary>
/// Work that follows from events, put there by <see cref="IJournal.Append"/> in the events' transaction. Done at least
/// once: a worker leases an item, does it, and takes it off; a lease that runs out gives it to another.
/// </summary>
public interface IWorkQueue
{
    /// <summary>Leases up to <paramref name="limit"/> items of a kind, oldest first, until <paramref name="until"/>.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task<IReadOnlyList<LeasedWork>> Lease(string kind, int limit, DateTimeOffset now, DateTimeOffset until);

    /// <summary>Takes an item off.</summary>
    /// <returns>False if the lease is not the caller's any more: another does it or has done it.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> Complete(LeasedWork work);

    /// <summary>Gives an item back, not to be leased before <paramref name="notBefore"/>.</summary>
    /// <returns>False if the lease is not the caller's any more.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<bool> Release(LeasedWork work, DateTimeOffset notBefore);
}

/// <summary>Something to do for a media.</summary>
/// <param name="Kind">What: see <see cref="WorkKinds"/>.</param>
/// <param name="Job">The job's key.</param>
/// <param name="Media">The media's UUID.</param>
public sealed record WorkItem(string Kind, string Job, Guid Media);

/// <summary>A leased item.</summary>
/// <param name="Item">What to do.</param>
/// <param name="Id">Its number in the queue.</param>
/// <param name="Attempt">1 for the first lease.</param>
public sealed record LeasedWork(WorkItem Item, long Id, int Attempt);

/// <summary>The kinds of work.</summary>
public static class WorkKinds
{
    /// <summary>Thumbnail and metadata of a stored media.</summary>
    public const string Process = "process";
}

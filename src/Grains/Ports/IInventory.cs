namespace OrleansIngest.Grains.Ports;

/// <summary>
/// The bytes that the journal knows of, across all jobs, and how far they were read again: for who looks after the media
/// store.
/// </summary>
public interface IInventory
{
    /// <summary>
    /// Which of these places and locations are needed: an open upload receives bytes there, a media keeps its bytes there, or
    /// one of both is made of it.
    /// </summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlySet<string>> Needed(IReadOnlyCollection<string> places, CancellationToken cancellation = default);

    /// <summary>The locations that begin with a text, at which media keep their bytes.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlySet<string>> NeededIn(string prefix, CancellationToken cancellation = default);

    /// <summary>Says that a sweep found places that nobody needs.</summary>
    /// <param name="places">The places.</param>
    /// <param name="sweep">The running time at which the sweep began.</param>
    /// <returns>For each, the running time of the first of all sweeps that found it so without one in between that did not.</returns>
    /// <exception cref="JournalException">It failed.</exception>
    Task<IReadOnlyList<TimeSpan>> OrphanedSince(IReadOnlyCollection<string> places, TimeSpan sweep);

    /// <summary>A sweep has looked at everything: what it did not find without need is forgotten.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task ForgetOrphans(TimeSpan sweep);

    /// <summary>Bytes of media, stored and damaged ones, with a location &gt; <paramref name="after"/> in ordinal order, at most <paramref name="limit"/>.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<IReadOnlyList<KeptBytes>> List(string after, int limit, CancellationToken cancellation = default);

    /// <summary>The location up to which bytes were read again in the pass that is under way; empty at the start of one.</summary>
    /// <exception cref="JournalException">It cannot be read now.</exception>
    Task<string> CheckedUntil(CancellationToken cancellation = default);

    /// <summary>Remembers how far the pass is.</summary>
    /// <exception cref="JournalException">It failed.</exception>
    Task SetCheckedUntil(string location);
}

/// <summary>Bytes that one or more media of a job live on.</summary>
/// <param name="Location">Where they are.</param>
/// <param name="Job">The job's key.</param>
/// <param name="Media">One of the media: the original, or one that is damaged.</param>
/// <param name="Length">How many there should be.</param>
/// <param name="Sha256">The SHA-256 that they should have.</param>
/// <param name="IsDamaged">Whether they are known not to have it.</param>
public sealed record KeptBytes(string Location, string Job, Guid Media, long Length, Sha256Hash Sha256, bool IsDamaged);

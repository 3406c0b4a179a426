using OrleansIngest.Grains.Calls;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Problems;

/// <summary>The problems for failures of the journal and the media store.</summary>
internal static class StorageProblems
{
    /// <summary>
    /// The problem for an exception; null if it is not a failure of the journal or the media store.
    /// </summary>
    public static ProblemException? Of(Exception e) => e switch
    {
        StoreFullException or JournalFullException => Full(),
        StoreBusyException => Busy(),
        StoreUnavailableException => Unreachable(e),
        JournalException or GrainUnavailableException => Unavailable(e.InnerException ?? e),
        IOException => Failed(e),
        _ => null,
    };

    /// <summary>
    /// The disk is full. The problem has no cause and is not logged: the store logs once that the
    /// disk is full.
    /// </summary>
    public static ProblemException Full() =>
        new ProblemException(ProblemKind.OutOfSpace, "The disk is full. What is safe is kept; go on later.")
            .RetryAfter(60);

    private static ProblemException Unavailable(Exception e) => new ProblemException(
        ProblemKind.Unavailable, "The job cannot answer now. Nothing is lost; try again.", e).RetryAfter(2);

    private static ProblemException Busy() =>
        new ProblemException(
            ProblemKind.Unavailable,
            "The server has as many files open as it may. What arrived safely is kept; try again.").RetryAfter(2);

    private static ProblemException Unreachable(Exception e) =>
        new ProblemException(
            ProblemKind.StorageFailed,
            "The server cannot reach its storage. What arrived safely is kept: ask with HEAD where to go on.",
            e).RetryAfter(5);

    private static ProblemException Failed(Exception e) =>
        new ProblemException(
            ProblemKind.StorageFailed,
            "The server's disk fails. What arrived safely is kept: ask with HEAD where to go on.",
            e).RetryAfter(30);
}

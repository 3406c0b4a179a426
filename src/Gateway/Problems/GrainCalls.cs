using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Problems;

/// <summary>
/// Every call of a grain goes through here. Commands are idempotent, so a call that failed or was not answered in time is
/// repeated a few times; after that the client is asked to come again.
/// </summary>
internal static class GrainCalls
{
    private const int Tries = 3;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Calls, and calls again if need be.</summary>
    /// <exception cref="ProblemException">503: the grain cannot be reached, or its journal cannot be written; 507 if its disk is full.</exception>
    public static async Task<T> Call<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception e) when (e is TimeoutException or OrleansException or JournalException or JobBusyException)
            {
                if (attempt == Tries || e is JobBusyException or JournalFullException)
                    throw StorageProblems.Of(e) ?? Unavailable(e);
                await Task.Delay(s_pause * attempt);
            }
        }
    }

    /// <summary>Tells a grain something that it can do without: nobody waits, and a failure is nobody's.</summary>
    public static void Tell(Task oneWay)
    {
        if (!oneWay.IsCompletedSuccessfully)
            _ = oneWay.ContinueWith(
                static failed => _ = failed.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The client is to come again.</summary>
    public static ProblemException Unavailable(Exception e) =>
        new ProblemException(ProblemKind.Unavailable, "The job cannot answer now. Nothing is lost; try again.", e).RetryAfter(2);
}

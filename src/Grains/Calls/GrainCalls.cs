using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Grains.Calls;

/// <summary>
/// Calls of grains from outside the silo's grains. Commands are idempotent, so a call that failed,
/// or that was not answered in time, is repeated a few times.
/// </summary>
public static class GrainCalls
{
    private const int Tries = 3;
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Calls a grain, and repeats the call if it fails.</summary>
    /// <exception cref="GrainUnavailableException">
    /// The grain cannot be reached or is busy, or the journal fails.
    /// </exception>
    /// <exception cref="JournalFullException">The journal's disk is full.</exception>
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
                if (e is JournalFullException)
                    throw;
                if (attempt == Tries || e is JobBusyException)
                    throw new GrainUnavailableException(e);
                await Task.Delay(s_pause * attempt);
            }
        }
    }

    /// <summary>
    /// Sends a grain a one-way message. Nothing waits for it, and its failure is ignored.
    /// </summary>
    public static void Tell(Task oneWay)
    {
        if (!oneWay.IsCompletedSuccessfully)
            _ = oneWay.ContinueWith(
                static failed => _ = failed.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
    }
}

/// <summary>
/// A grain cannot answer now. Nothing is lost, and the same command may be sent again later.
/// </summary>
/// <param name="cause">What the last call failed with.</param>
public sealed class GrainUnavailableException(Exception cause) : Exception("The grain cannot answer now.", cause);

using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>An append that waits for its commit.</summary>
internal sealed class PendingAppend(JournalAppend append)
{
    // Asynchronous, because a caller's continuation must not hold up the next commit.
    private readonly TaskCompletionSource<AppendOutcome> _caller =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JournalAppend Append => append;

    public Task<AppendOutcome> Task => _caller.Task;

    /// <summary>Reports the outcome to the caller, or the exception that it throws.</summary>
    public void End(Func<AppendOutcome> outcome)
    {
        try
        {
            _caller.SetResult(outcome());
        }
        catch (JournalException e)
        {
            _caller.SetException(e);
        }
    }
}

namespace OrleansIngest.Storage.Sqlite;

/// <summary>Work of a caller that waits for its commit.</summary>
internal abstract class WriteOperation
{
    /// <summary>
    /// Runs the work in a transaction. It may run again, if the transaction was rolled back.
    /// </summary>
    public abstract void Run(Session session);

    /// <summary>
    /// Reports to the caller that the work is committed, with the result of the last
    /// <see cref="Run"/>. Does nothing after <see cref="Fail"/>.
    /// </summary>
    public abstract void Succeed();

    /// <summary>
    /// Reports to the caller that the work is not committed, and the reason. Only the first report
    /// counts.
    /// </summary>
    public abstract void Fail(Exception reason);
}

/// <inheritdoc cref="WriteOperation"/>
internal sealed class WriteOperation<T>(Func<Session, T> work) : WriteOperation
{
    // Asynchronous, because a caller's continuation must not run on the writer's thread.
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _caller.Task;

    public override void Run(Session session) => _result = work(session);

    public override void Succeed() => _caller.TrySetResult(_result!);

    public override void Fail(Exception reason) => _caller.TrySetException(reason.ToJournalException());
}

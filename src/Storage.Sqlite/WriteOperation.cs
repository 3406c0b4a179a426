namespace OrleansIngest.Storage.Sqlite;

/// <summary>Something that waits to be written, and its caller, who waits for the commit.</summary>
internal abstract class WriteOperation
{
    /// <summary>Does it, in a transaction. May be done again if that transaction is rolled back.</summary>
    public abstract void Run(Session session);

    /// <summary>It is committed: the caller gets the result of the last <see cref="Run"/>.</summary>
    public abstract void Succeed();

    /// <summary>It is not: the caller gets the reason. What comes after the first answer is ignored.</summary>
    public abstract void Fail(Exception reason);
}

/// <inheritdoc cref="WriteOperation"/>
internal sealed class WriteOperation<T>(Func<Session, T> work) : WriteOperation
{
    // A caller's continuation must not run on the writer's thread.
    private readonly TaskCompletionSource<T> _caller = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Task => _caller.Task;

    public override void Run(Session session) => _result = work(session);

    public override void Succeed() => _caller.TrySetResult(_result!);

    public override void Fail(Exception reason) => _caller.TrySetException(reason.ToJournalException());
}

using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>The name of a grain.</summary>
internal readonly record struct GrainId(GrainClass Class, string Key)
{
    public override string ToString() => $"{Class.Type.Name}/{Key}";
}

/// <summary>A grain in memory: its instance, its mailbox and its turns. This part takes requests in and runs them.</summary>
internal sealed partial class Activation
{
    // So many requests start in one turn; then the continuations of earlier ones have theirs.
    private const int StartsPerTurn = 16;

    private readonly Lock _gate = new();
    private readonly Mailbox _mailbox = new();
    private readonly TurnScheduler _scheduler;
    private State _state;
    private long _lastUse;

    /// <summary>An activation that does nothing until the first request comes, or with the requests that another one left.</summary>
    public Activation(Silo silo, GrainId id, List<Request>? waiting = null)
    {
        (Silo, Id) = (silo, id);
        _scheduler = new(Dispatch);
        waiting?.ForEach(_mailbox.Add);
    }

    // Created: its first turn activates it. Leaving: it starts no more requests, and stops once none runs.
    private enum State
    {
        Created,
        Activating,
        Active,
        Leaving,
        Stopping,
        Closed,
    }

    public Silo Silo { get; }

    public GrainId Id { get; }

    /// <summary>Takes a request in, unless this activation has ended: then its successor, if it needs one, is in place.</summary>
    public bool TryPost(Request request)
    {
        lock (_gate)
        {
            if (_state == State.Closed) return false;
            _mailbox.Add(request);
        }

        _scheduler.Signal();
        return true;
    }

    /// <summary>Ends the waiting of callers whose time is over. What runs goes on.</summary>
    public void Expire(long now)
    {
        List<Request>? expired;
        lock (_gate) expired = _mailbox.Expired(now);
        expired?.ForEach(request => request.Refuse(
            new TimeoutException($"{Id} did not answer in time: {request}.")));
    }

    private void Dispatch()
    {
        for (var started = 0; started < StartsPerTurn; started++)
        {
            if (Next(out var transition) is { } request) Run(request);
            else if (transition is not null) _ = transition();
            else return;
        }

        _scheduler.Signal();
    }

    /// <summary>What this activation may do now: start a request, or begin or end its own life.</summary>
    private Request? Next(out Func<Task>? transition)
    {
        transition = null;
        lock (_gate)
        {
            if (_state == State.Active) return _mailbox.StartNext();
            if (_state == State.Created) (_state, transition) = (State.Activating, ActivateAsync);
            else if (_state == State.Leaving && !_mailbox.HasRunning) (_state, transition) = (State.Stopping, DeactivateAsync);
            return null;
        }
    }

    private void Run(Request request)
    {
        var outcome = Start(request);
        if (outcome.IsCompleted) Finish(request, outcome);
        else FinishLater(request, outcome);
    }

    // A request that timed out while it waited is not worth running.
    private Task Start(Request request)
    {
        try
        {
            return request.IsAnswered ? Task.CompletedTask : request.RunAsync(this)
                ?? throw new InvalidOperationException($"{request} returned null in place of a task.");
        }
        catch (Exception error)
        {
            return Task.FromException(error);
        }
    }

    // Where the task ends, which is most often in a turn: a turn more for this would only cost time.
    private void FinishLater(Request request, Task outcome) => _ = outcome.ContinueWith(
        ended =>
        {
            if (Finish(request, ended)) _scheduler.Signal();
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>True if there is more to do.</summary>
    private bool Finish(Request request, Task outcome)
    {
        if (outcome.IsFaulted) LeaveIfInconsistent(outcome.Exception.InnerException);
        bool more;
        lock (_gate)
        {
            _mailbox.Finish(request);
            if (request.KeepsAlive) _lastUse = Silo.Time.GetTimestamp();
            more = _mailbox.HasWaiting || _state == State.Leaving;
        }

        request.Answer(outcome);
        return more;
    }

    // State that somebody else has changed must be read anew; only the activation it came from can do that.
    private void LeaveIfInconsistent(Exception? error)
    {
        if (error is not InconsistentStateException { IsSourceActivation: true } inconsistent) return;

        inconsistent.IsSourceActivation = false;
        Deactivate(new(DeactivationReasonCode.ApplicationError, inconsistent, "The stored state has changed."));
    }
}

using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>A timer of an activation. Its ticks never overlap, so one request object serves for all of them.</summary>
internal sealed class GrainTimer : Request, IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private TimeSpan _dueTime;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    [SetsRequiredMembers]
    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback) = (activation, callback);
        Interleaves = options.Interleave || activation.Id.Class.IsReentrant;
        KeepsAlive = options.KeepAlive;
        MovesOn = false;
        _timer = CreateTimer(activation.Silo.Time);
    }

    public override bool IsAnswered => _ended.IsCancellationRequested;

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            (_dueTime, _period, _changed) = (dueTime, period, true);
            if (!_ticking) _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public override Task RunAsync(Activation activation)
    {
        lock (_gate) _changed = false;
        return _callback(_ended.Token);
    }

    /// <summary>The period begins when the callback has ended, unless it has asked for another time.</summary>
    public override void Answer(Task outcome)
    {
        if (outcome.IsFaulted)
            _activation.Silo.Logger.LogWarning(outcome.Exception.InnerException, "A timer of {Grain} failed.", _activation.Id);

        lock (_gate)
        {
            _ticking = false;
            _timer.Change(_changed ? _dueTime : _period, Timeout.InfiniteTimeSpan);
        }
    }

    public override void Refuse(Exception reason)
    {
    }

    public void Dispose()
    {
        _ = _ended.CancelAsync(); // what others have registered on the token must not fail the grain
        _timer.Dispose();
    }

    // Without the execution context of the turn that starts it: that is the context of some caller's request.
    private ITimer CreateTimer(TimeProvider time)
    {
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
            return time.CreateTimer(_ => Tick(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        lock (_gate) _ticking = true;
        _activation.TryPost(this);
    }
}

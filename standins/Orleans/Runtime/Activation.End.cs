using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>This part ends the activation.</summary>
internal sealed partial class Activation
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DeactivationReason? _reason;

    /// <summary>Done once the activation has ended.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Ends the activation as soon as nothing runs. Only the first reason counts.</summary>
    public void Deactivate(DeactivationReason reason)
    {
        lock (_gate)
        {
            _reason ??= reason;
            if (_state != State.Active) return; // it is on its way out, or will leave as soon as it is active
            _state = State.Leaving;
        }

        _scheduler.Signal();
    }

    /// <summary>Ends the activation if nobody has used it for that long.</summary>
    public void CollectIfIdle(TimeSpan age)
    {
        lock (_gate)
        {
            if (_state != State.Active || _mailbox.HasRunning || _mailbox.HasWaiting) return;
            if (Silo.Time.GetElapsedTime(_lastUse) < age) return;

            _reason = new(DeactivationReasonCode.ActivationIdle, $"Not used for {age}.");
            _state = State.Leaving;
        }

        _scheduler.Signal();
    }

    /// <summary>Gives up on an activation that does not end by itself.</summary>
    public void Abandon(Exception reason)
    {
        List<Request> running;
        lock (_gate) running = _mailbox.Running();
        running.ForEach(request => request.Refuse(reason));
        Close(reason);
    }

    private async Task DeactivateAsync()
    {
        StopTimers();
        try
        {
            using var limit = new CancellationTokenSource(LifecycleTimeout, Silo.Time);
            await Grain.OnDeactivateAsync(_reason!.Value, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error)
        {
            Silo.Logger.LogError(error, "{Grain} failed in {Method}.", Id, nameof(Grain.OnDeactivateAsync));
        }

        await DisposeAsync();
        Close();
    }

    private async Task DisposeAsync()
    {
        StopTimers();
        try
        {
            if (_grain is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else (_grain as IDisposable)?.Dispose();
            if (_scope is { } scope) await scope.DisposeAsync();
        }
        catch (Exception error)
        {
            Silo.Logger.LogError(error, "{Grain} could not be disposed of.", Id);
        }
    }

    private void StopTimers()
    {
        List<GrainTimer> timers;
        lock (_gate)
        {
            timers = [.. _timers];
            _timers.Clear();
        }

        timers.ForEach(timer => timer.Dispose());
    }

    /// <summary>Takes no more requests. Those that still wait go to a new activation, or are refused if there can't be one.</summary>
    private void Close(Exception? refusal = null)
    {
        Activation? successor = null;
        List<Request> waiting;
        lock (_gate)
        {
            if (_state == State.Closed) return;

            waiting = _mailbox.Drain();
            waiting.RemoveAll(request => !request.MovesOn);
            if (refusal is null && waiting.Count > 0 && !Silo.IsStopping) successor = new(Silo, Id, waiting);
            Silo.Replace(this, successor);
            _state = State.Closed;
        }

        if (successor is not null) successor._scheduler.Signal();
        else waiting.ForEach(request => request.Refuse(refusal ?? Silo.Stopped()));
        _closed.TrySetResult();
    }
}

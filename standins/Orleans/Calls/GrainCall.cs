using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Orleans.Calls;

/// <summary>One call of a grain's method, from the caller's side to the grain's and back.</summary>
internal sealed class GrainCall<T>(Silo silo, GrainMethod method, object?[] arguments) : Request
{
    // The caller goes on in a turn or thread of its own, never inside the grain's turn.
    private readonly TaskCompletionSource<T> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Reply => _reply.Task;

    public override bool IsAnswered => _reply.Task.IsCompleted;

    public override Task RunAsync(Activation activation) => silo.IncomingFilters.Length == 0
        ? method.InvokeAsync(activation.Grain, arguments)
        : RunFilteredAsync(activation.Grain);

    public override void Answer(Task outcome)
    {
        if (outcome.IsFaulted) Refuse(outcome.Exception.InnerException!);
        else if (outcome.IsCanceled) Refuse(new TaskCanceledException(outcome));
        else _reply.TrySetResult(outcome is Task<T> typed ? typed.Result : default!);
    }

    public override void Refuse(Exception reason)
    {
        if (!_reply.TrySetException(reason) || !method.IsOneWay) return;
        _ = _reply.Task.Exception; // nobody else looks at it
        silo.Logger.LogWarning(reason, "The one-way call {Call} failed.", this);
    }

    public override string ToString() => $"{method.Method.DeclaringType!.Name}.{method.Method.Name}";

    private async Task<T> RunFilteredAsync(Grain grain)
    {
        var context = new IncomingCall(silo.IncomingFilters, grain, method.Method, async () =>
        {
            var outcome = method.InvokeAsync(grain, arguments);
            await outcome;
            return outcome is Task<T> typed ? typed.Result : default;
        });
        await context.Invoke();
        return (T)context.Result!;
    }
}

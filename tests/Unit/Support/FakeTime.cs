using Microsoft.Extensions.Time.Testing;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// A clock that only a test moves, and that tells when the code under test begins to wait for it.
/// </summary>
internal sealed class FakeTime() : FakeTimeProvider(Some.Morning)
{
    private TaskCompletionSource _nextTimer = NewSource();

    /// <summary>Ends when the next timer is made. Take it before doing what makes one.</summary>
    public Task NextTimer => Volatile.Read(ref _nextTimer).Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Exchange(ref _nextTimer, NewSource()).SetResult();
        return timer;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

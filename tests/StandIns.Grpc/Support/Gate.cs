namespace StandIns.Grpc.Tests.Support;

/// <summary>Something that one side of a test waits for and the other side makes happen; no wait is longer than half a minute.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Opened => _opened.Task.Bounded();

    public void Open() => _opened.TrySetResult();
}

internal static class Bounds
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static Task Bounded(this Task task) => task.WaitAsync(Limit);

    public static Task<T> Bounded<T>(this Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Done when the token is cancelled.</summary>
    public static async Task Cancelled(this CancellationToken cancellation)
    {
        var gate = new Gate();
        await using var registration = cancellation.Register(gate.Open);
        await gate.Opened;
    }
}

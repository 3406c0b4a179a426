using System.Collections.Concurrent;

namespace OrleansStandIn.Tests.Support;

/// <summary>What a test and the grains of its silo tell each other: gates that open once, and a log.</summary>
public sealed class Probe
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _gates = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public void Open(string gate) => Gate(gate).TrySetResult();

    public bool IsOpen(string gate) => Gate(gate).Task.IsCompleted;

    public Task Opened(string gate) => Gate(gate).Task.WaitAsync(TestSilo.Patience);

    private TaskCompletionSource Gate(string name) =>
        _gates.GetOrAdd(name, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

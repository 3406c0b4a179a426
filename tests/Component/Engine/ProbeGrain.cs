using System.Collections.Concurrent;
using OrleansIngest.Grains;

namespace OrleansIngest.Component.Tests.Engine;

/// <summary>
/// What activations of all keys have in common: what happened, and how many lived at the same time.
/// </summary>
public sealed class ProbeLog
{
    private readonly ConcurrentDictionary<string, int> _active = new();

    /// <summary>In the order in which it happened.</summary>
    public ConcurrentQueue<string> Entries { get; } = new();

    /// <summary>The most activations that one key ever had at the same time.</summary>
    public int MostAtOnce { get; private set; }

    internal void Activated(string key)
    {
        var active = _active.AddOrUpdate(key, 1, (_, count) => count + 1);
        lock (_active)
            MostAtOnce = Math.Max(MostAtOnce, active);
    }

    internal void Deactivated(string key) => _active.AddOrUpdate(key, 0, (_, count) => count - 1);
}

/// <summary>The state of a <see cref="ProbeGrain"/>.</summary>
[GenerateSerializer]
public sealed class ProbeState
{
    /// <summary>What was written last.</summary>
    [Id(0)]
    public string Text { get; set; } = "";
}

internal sealed class ProbeGrain(
    ProbeLog log, [PersistentState("probe", GrainStorage.Name)] IPersistentState<ProbeState> state) : Grain, IProbeGrain
{
    private readonly Guid _activation = Guid.NewGuid();
    private readonly TaskCompletionSource _mayGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        log.Activated(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        log.Deactivated(this.GetPrimaryKeyString());
        return Task.CompletedTask;
    }

    public Task<Guid> Activation()
    {
        log.Entries.Enqueue("called");
        return Task.FromResult(_activation);
    }

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Write(string text)
    {
        state.State.Text = text;
        return state.WriteStateAsync();
    }

    public Task<string> Read() => Task.FromResult(state.State.Text);

    public async Task Pass()
    {
        log.Entries.Enqueue("began");
        await _mayGo.Task;
        log.Entries.Enqueue("ended");
    }

    public Task LetGo()
    {
        _mayGo.TrySetResult();
        return Task.CompletedTask;
    }
}

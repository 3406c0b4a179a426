using Orleans.Concurrency;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests.Grains;

/// <summary>A grain whose requests a test holds and lets go, one request at a time.</summary>
public interface IExclusiveGate : IGrainWithStringKey
{
    /// <summary>Opens "{name} in", waits for "{name} may go", opens "{name} out".</summary>
    Task Pass(string name);

    [OneWay]
    Task PassOneWay(string name);

    [AlwaysInterleave]
    Task PassAnyway(string name);

    /// <summary>Done when all that came before it and may start has started.</summary>
    [AlwaysInterleave]
    Task Flush();
}

/// <summary>The same, reentrant.</summary>
public interface IReentrantGate : IGrainWithStringKey
{
    Task Pass(string name);

    Task<Guid> ActivationId();

    Task Leave();
}

public abstract class Gate(Probe probe) : Grain
{
    private readonly Guid _activationId = Guid.NewGuid();

    public async Task Pass(string name)
    {
        probe.Log.Enqueue($"{name} in");
        probe.Open($"{name} in");
        await probe.Opened($"{name} may go");
        probe.Log.Enqueue($"{name} out");
        probe.Open($"{name} out");
    }

    public Task PassOneWay(string name) => Pass(name);

    public Task PassAnyway(string name) => Pass(name);

    public virtual Task Flush() => Task.CompletedTask;

    public Task<Guid> ActivationId() => Task.FromResult(_activationId);

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        probe.Log.Enqueue("deactivated");
        probe.Open("deactivated");
        return Task.CompletedTask;
    }
}

public sealed class ExclusiveGate(Probe probe) : Gate(probe), IExclusiveGate;

[Reentrant]
public sealed class ReentrantGate(Probe probe) : Gate(probe), IReentrantGate;

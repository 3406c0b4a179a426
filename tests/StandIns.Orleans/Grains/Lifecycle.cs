using Microsoft.Extensions.DependencyInjection;
using OrleansStandIn.Tests.Support;

namespace OrleansStandIn.Tests.Grains;

/// <summary>A grain that tells when it begins and ends.</summary>
public interface ILifecycle : IGrainWithStringKey
{
    Task<Guid> ActivationId();

    Task<string> Key();

    Task<bool> SharesScopeWithItself();

    Task Leave();
}

public sealed class Lifecycle : Grain, ILifecycle
{
    private readonly Guid _activationId = Guid.NewGuid();
    private readonly Probe _probe;

    public Lifecycle(Probe probe)
    {
        _probe = probe;
        _probe.Log.Enqueue("constructed");
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _probe.Log.Enqueue("activated");
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _probe.Log.Enqueue($"deactivating: {reason.ReasonCode}");
        _probe.Open("deactivating");
        if (_probe.IsOpen("hold deactivation")) await _probe.Opened("may deactivate");
        _probe.Log.Enqueue("deactivated");
        _probe.Open("deactivated");
    }

    public Task<Guid> ActivationId()
    {
        _probe.Log.Enqueue("called");
        return Task.FromResult(_activationId);
    }

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());

    public Task<bool> SharesScopeWithItself() => Task.FromResult(
        ServiceProvider.GetRequiredService<Scoped>() == ServiceProvider.GetRequiredService<Scoped>());

    public Task Leave()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public sealed class Scoped;

/// <summary>A grain that can't be activated while the gate "luck" is shut.</summary>
public interface IUnlucky : IGrainWithStringKey
{
    Task Call();
}

public sealed class Unlucky(Probe probe) : Grain, IUnlucky
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        probe.Open("activating");
        await probe.Opened("may fail");
        if (!probe.IsOpen("luck")) throw new InvalidOperationException("No luck.");
    }

    public Task Call() => Task.CompletedTask;
}

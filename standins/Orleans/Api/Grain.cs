using Orleans.Runtime;

namespace Orleans;

/// <summary>What the runtime asks of a grain class. Derive from <see cref="Grain"/>, which implements it.</summary>
public interface IGrainBase
{
    /// <summary>Called once before the first request; the grain takes none until it is done, and none at all if it fails.</summary>
    Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called once after the last request. A failure is logged and changes nothing.</summary>
    Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The base of every grain class. Instances are made by the runtime, one per key, when a call needs one.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation? _activation = Activation.UnderConstruction;

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => Activation.Silo.GrainFactory;

    /// <summary>The services of this activation; scoped ones live as long as it does.</summary>
    protected internal IServiceProvider ServiceProvider => Activation.Services;

    internal Activation Activation => _activation
        ?? throw new InvalidOperationException($"{GetType()} was made with new, not by the runtime.");

    /// <inheritdoc/>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation once the running requests are done. Requests that wait go to the next activation.</summary>
    protected void DeactivateOnIdle() =>
        Activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, $"{nameof(DeactivateOnIdle)} was called."));
}

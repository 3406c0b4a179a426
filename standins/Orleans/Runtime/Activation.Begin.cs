using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Core;

namespace Orleans.Runtime;

/// <summary>This part begins the activation.</summary>
internal sealed partial class Activation
{
    private static readonly TimeSpan LifecycleTimeout = TimeSpan.FromSeconds(30);

    private readonly List<GrainTimer> _timers = [];
    private AsyncServiceScope? _scope;
    private Grain? _grain;

    /// <summary>The activation whose grain is being constructed on this thread.</summary>
    [field: ThreadStatic]
    public static Activation? UnderConstruction { get; private set; }

    public Grain Grain => _grain ?? throw new InvalidOperationException($"{Id} is not active.");

    public IServiceProvider Services => _scope?.ServiceProvider ?? throw new InvalidOperationException($"{Id} is not active.");

    public GrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new GrainTimer(this, callback, options);
        lock (_gate) _timers.Add(timer);
        timer.Change(options.DueTime, options.Period);
        return timer;
    }

    private async Task ActivateAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(LifecycleTimeout, Silo.Time);
            await InitializeAsync(limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error)
        {
            Silo.Logger.LogError(error, "{Grain} could not be activated.", Id);
            await DisposeAsync();
            Close(error);
            return;
        }

        lock (_gate)
        {
            if (_state == State.Closed) return; // given up on meanwhile
            _lastUse = Silo.Time.GetTimestamp();
            _state = _reason is null ? State.Active : State.Leaving;
        }

        _scheduler.Signal();
    }

    private async Task InitializeAsync(CancellationToken cancellation)
    {
        _scope = Silo.Services.CreateAsyncScope();
        foreach (var state in Construct()) await state.ReadStateAsync(cancellation);
        await Grain.OnActivateAsync(cancellation);
    }

    private IReadOnlyList<IStorage> Construct()
    {
        UnderConstruction = this;
        try
        {
            _grain = Id.Class.Construct(this, out var states);
            return states;
        }
        finally
        {
            UnderConstruction = null;
        }
    }
}

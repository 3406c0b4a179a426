using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Faults;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>The one silo of this process: knows all activations, and starts and stops with the host.</summary>
internal sealed class Silo(
    IServiceProvider services,
    IEnumerable<IGrainStorage> storages,
    IEnumerable<IIncomingGrainCallFilter> incomingFilters,
    IEnumerable<IOutgoingGrainCallFilter> outgoingFilters,
    IOptions<FaultOptions> faults,
    TimeProvider time,
    IOptions<GrainCollectionOptions> collection,
    IOptions<SiloMessagingOptions> messaging,
    ILogger<Silo> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> _activations = new();
    private readonly IGrainStorage[] _storages = [.. storages];
    private readonly TimeSpan _responseTimeout = messaging.Value.ResponseTimeout;
    private volatile bool _stopping;
    private ITimer? _collector;
    private ITimer? _expirer;

    public IServiceProvider Services { get; } = services;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public GrainClasses Classes { get; } = new();

    public IGrainFactory GrainFactory => Services.GetRequiredService<IGrainFactory>();

    public IIncomingGrainCallFilter[] IncomingFilters { get; } = [.. incomingFilters];

    public IOutgoingGrainCallFilter[] OutgoingFilters { get; } = [.. outgoingFilters, .. FaultFilter.For(faults.Value, time)];

    public bool IsStopping => _stopping;

    public static SiloUnavailableException Stopped() => new("The host has stopped or is about to.");

    public IGrainStorage Storage(string? name) => Array.Find(_storages, storage => storage.Name == name)
        ?? throw new OrleansException($"There is no grain storage with the name '{name}'.");

    /// <summary>When a caller that calls now stops waiting, as a timestamp.</summary>
    public long DeadlineAfter(TimeSpan? timeout) =>
        Time.GetTimestamp() + (long)((timeout ?? _responseTimeout).TotalSeconds * Time.TimestampFrequency);

    /// <summary>Puts a request into the mailbox of its grain, activating that if need be.</summary>
    public void Post(GrainId id, Request request)
    {
        while (true)
        {
            if (!_activations.TryGetValue(id, out var activation))
            {
                if (IsStopping)
                {
                    request.Refuse(Stopped());
                    return;
                }

                activation = _activations.GetOrAdd(id, static (id, silo) => new(silo, id), this);
            }

            // A closed activation has been replaced before it says so: the next look finds another one, or none.
            if (activation.TryPost(request)) return;
        }
    }

    /// <summary>Puts a successor in the place of an activation that ends, or nothing.</summary>
    public void Replace(Activation ended, Activation? successor)
    {
        if (successor is null) _activations.TryRemove(new(ended.Id, ended));
        else _activations[ended.Id] = successor;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        collection.Value.Validate();
        foreach (var storage in _storages) await storage.StartAsync(cancellationToken);

        var second = TimeSpan.FromSeconds(1);
        _expirer = Every(_responseTimeout < second ? _responseTimeout : second, activation => activation.Expire(Time.GetTimestamp()));
        _collector = Every(collection.Value.CollectionQuantum, activation => activation.CollectIfIdle(collection.Value.CollectionAge));
    }

    /// <summary>Lets running requests end and deactivates every grain, until the host's patience is at its end.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        _collector?.Dispose();
        try
        {
            while (!_activations.IsEmpty) await DeactivateAllAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Logger.LogWarning("Gave up on {Count} grains that did not end in time.", _activations.Count);
            foreach (var activation in _activations.Values) activation.Abandon(Stopped());
        }

        _expirer?.Dispose();
    }

    public void Dispose()
    {
        _collector?.Dispose();
        _expirer?.Dispose();
    }

    private Task DeactivateAllAsync()
    {
        var all = _activations.Values;
        foreach (var activation in all)
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The host stops."));
        return Task.WhenAll(all.Select(activation => activation.Closed));
    }

    private ITimer Every(TimeSpan period, Action<Activation> action) => Time.CreateTimer(
        _ =>
        {
            foreach (var (_, activation) in _activations) action(activation);
        },
        null,
        period,
        period);
}

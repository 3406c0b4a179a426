using Orleans.Runtime;

namespace Orleans.Faults;

/// <summary>Makes calls slow, fail or time out on purpose, with the exceptions that real ones have.</summary>
internal sealed class FaultFilter(FaultOptions options, TimeProvider time) : IOutgoingGrainCallFilter
{
    private readonly Random _random = options.Seed is { } seed ? new(seed) : new();

    /// <summary>The filter, if there is anything for it to do.</summary>
    public static IEnumerable<FaultFilter> For(FaultOptions options, TimeProvider time) =>
        options is { DelayRate: 0, FailureRate: 0, TimeoutRate: 0 } ? [] : [new(options, time)];

    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (Happens(options.DelayRate)) await Task.Delay(TimeSpan.FromMilliseconds(options.Delay), time);
        if (Happens(options.FailureRate)) throw new SiloUnavailableException($"Injected: {context.MethodName} was not carried out.");
        await context.Invoke();
        if (Happens(options.TimeoutRate)) throw new TimeoutException($"Injected: the answer of {context.MethodName} was lost.");
    }

    private bool Happens(double rate)
    {
        if (rate <= 0) return false;
        lock (_random) return _random.NextDouble() < rate;
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Grains.Calls;

/// <summary>
/// A cache of grain references. Orleans resolves the type of a grain by reflection for each new
/// reference, which costs more than the call. References are immutable and thread-safe.
/// </summary>
/// <param name="prefix">The prefix of all grain keys.</param>
internal sealed class GrainReferences<TGrain>(string prefix)
    where TGrain : class, IGrainWithStringKey
{
    /// <summary>
    /// The number of cached references, about 300 bytes each. When it is exceeded the whole cache
    /// is cleared, which is simpler than evicting the oldest.
    /// </summary>
    private const int MaxKept = 4096;

    private readonly ConditionalWeakTable<IGrainFactory, ConcurrentDictionary<string, TGrain>> _kept = [];
    private int _count;

    /// <summary>The grain with a key.</summary>
    public TGrain Get(IGrainFactory grains, string key)
    {
        var kept = _kept.GetOrCreateValue(grains);
        return kept.TryGetValue(key, out var grain) ? grain : Add(kept, grains, key);
    }

    private TGrain Add(ConcurrentDictionary<string, TGrain> kept, IGrainFactory grains, string key)
    {
        if (Interlocked.Increment(ref _count) > MaxKept)
        {
            kept.Clear();
            _count = 0;
        }
        return kept[key] = grains.GetGrain<TGrain>(prefix + key);
    }
}

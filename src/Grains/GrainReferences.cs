using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace OrleansIngest.Grains;

/// <summary>
/// References to grains of one kind, kept for the next call: Orleans finds out a grain's type by reflection each time it
/// makes one, which costs more than the call. A reference never changes and may be used by all threads.
/// </summary>
/// <param name="prefix">What all keys begin with.</param>
internal sealed class GrainReferences<TGrain>(string prefix)
    where TGrain : class, IGrainWithStringKey
{
    /// <summary>Some 300 bytes each. Beyond it all are forgotten, and those in use come back.</summary>
    private const int MaxKept = 4096;

    private readonly ConditionalWeakTable<IGrainFactory, ConcurrentDictionary<string, TGrain>> _kept = [];
    private int _count;

    /// <summary>The grain with this key.</summary>
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

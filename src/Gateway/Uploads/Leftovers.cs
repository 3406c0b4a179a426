using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// Places that a request left without use, such as a duplicate's bytes. They are freed after the answer: a crash before
/// it must find them, and nobody should wait for it.
/// </summary>
internal sealed class Leftovers(IMediaStore store, IInventory inventory, ILogger<Leftovers> log)
{
    private readonly List<string> _places = [];
    private readonly List<string> _shared = [];

    public void Add(params IEnumerable<string> places)
    {
        foreach (var place in places)
        {
            if (JoinedPlace.TryParse(place) is { } joined)
                AddShared(joined.Parts);
            else
                _places.Add(place);
        }
    }

    /// <summary>Places of partial uploads: others may need them too.</summary>
    public void AddShared(params IEnumerable<string> places) => _shared.AddRange(places);

    /// <summary>They turned out to be of use.</summary>
    public void Clear() => _places.Clear();

    /// <summary>Frees them. What cannot be freed is only space, so it is logged and left.</summary>
    public async Task Free()
    {
        foreach (var place in _places.Concat(await UnneededShared()))
        {
            KillPoint.Reach(KillPoint.WhileFreeing);
            try
            {
                await store.Free(place);
            }
            catch (IOException e)
            {
                log.LogWarning(e, "{Place} could not be freed", place);
            }
        }
        _places.Clear();
        _shared.Clear();
    }

    /// <summary>Those that nobody needs. Whoever gives one up has done so before, so that of two at the same time one finds that.</summary>
    private async Task<IEnumerable<string>> UnneededShared()
    {
        if (_shared.Count == 0)
            return [];
        try
        {
            return _shared.Except(await inventory.Needed(_shared));
        }
        catch (JournalException e)
        {
            log.LogWarning(e, "{Count} places of partial uploads could not be freed; a sweep will", _shared.Count);
            return [];
        }
    }
}

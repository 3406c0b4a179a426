using OrleansIngest.Grains;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// Places that a request left without use, such as a duplicate's bytes. They are freed after the answer: a crash before
/// it must find them, and nobody should wait for it.
/// </summary>
internal sealed class Leftovers(IMediaStore store, ILogger<Leftovers> log)
{
    private readonly List<string> _places = [];

    public void Add(params IEnumerable<string> places) => _places.AddRange(places);

    /// <summary>They turned out to be of use.</summary>
    public void Clear() => _places.Clear();

    /// <summary>Frees them. What cannot be freed is only space, so it is logged and left.</summary>
    public async Task Free()
    {
        foreach (var place in _places)
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
    }
}

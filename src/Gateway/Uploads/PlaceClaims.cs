using System.Collections.Concurrent;

namespace OrleansIngest.Gateway.Uploads;

/// <summary>
/// Places that requests of this process fill before the journal knows of them: a whole body is stored first and told
/// afterwards. A sweep must not take them for orphans.
/// </summary>
internal sealed class PlaceClaims(TimeProvider time)
{
    /// <summary>A job that did not answer in time may still commit; no longer than this.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _claims = new();

    /// <summary>Claims a place until disposed; if nobody says that it is settled, for a while longer.</summary>
    public PlaceClaim Claim(string place)
    {
        _claims[place] = DateTimeOffset.MaxValue;
        return new PlaceClaim(this, place);
    }

    /// <summary>Whether a place is claimed.</summary>
    public bool Contains(string place) => _claims.ContainsKey(place);

    /// <summary>Forgets claims of which nothing can come any more.</summary>
    public void ForgetOld()
    {
        var now = time.GetUtcNow();
        foreach (var claim in _claims.Where(claim => claim.Value < now))
            _claims.TryRemove(claim);
    }

    internal void End(string place, bool isSettled)
    {
        if (isSettled)
            _claims.TryRemove(place, out _);
        else
            _claims[place] = time.GetUtcNow() + s_linger;
    }
}

/// <summary>The claim on a place.</summary>
internal sealed class PlaceClaim(PlaceClaims claims, string place) : IDisposable
{
    /// <summary>Whether the journal knows of the place now.</summary>
    public bool IsSettled { get; set; }

    /// <inheritdoc/>
    public void Dispose() => claims.End(place, IsSettled);
}

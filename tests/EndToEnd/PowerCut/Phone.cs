using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.PowerCut;

/// <summary>A device that does whatever devices do, and remembers what it was promised.</summary>
internal sealed class Phone(string job, int seed)
{
    private const int SmallBody = 1 << 20;

    private readonly Random _random = new(seed);
    private readonly List<Promise> _promises = [];

    /// <summary>How many files it has sent, or begun to.</summary>
    public int Promises => _promises.Count;

    /// <summary>
    /// Checks that the server kept its promises, and works on until a request fails.
    /// </summary>
    public async Task Live(IngestServer server)
    {
        await PromisesMustHold(server);
        while (true)
            await DoSomething(server);
    }

    public async Task PromisesMustHold(IngestServer server)
    {
        foreach (var promise in _promises)
            await promise.MustHold(server);
    }

    /// <summary>Ends what it has begun.</summary>
    public async Task Finish(IngestServer server)
    {
        foreach (var promise in _promises.Where(p => p.IsOpen))
            await promise.SendSome(server, promise.Bytes.Length);
    }

    private Task DoSomething(IngestServer server) => _random.Next(10) switch
    {
        < 3 => Promised(TestMedia.Bytes(_random.Next(1, 100_000), _random.Next())).SendWhole(server),
        < 4 => Promised(Any(p => p.IsStored)?.Bytes ?? [1]).SendWhole(server),
        < 5 => Begin(server),
        < 8 => (Any(p => p.IsOpen) is { } open)
            ? open.SendSome(server, _random.Next(1, open.Bytes.Length), withChecksum: _random.Next(2) == 0)
            : Begin(server),
        _ => Any(p => p.IsKnown)?.TakeBack(server) ?? Task.CompletedTask,
    };

    private Task Begin(IngestServer server)
    {
        var bytes = TestMedia.Bytes(_random.Next(2, 2 * SmallBody), _random.Next());
        return Promised(bytes).SendSome(server, bytes.Length / 2);
    }

    private Promise Promised(byte[] bytes)
    {
        var promise = new Promise(job, bytes);
        _promises.Add(promise);
        return promise;
    }

    private Promise? Any(Func<Promise, bool> fits)
    {
        var fitting = _promises.Where(fits).ToList();
        return fitting.Count > 0 ? fitting[_random.Next(fitting.Count)] : null;
    }
}

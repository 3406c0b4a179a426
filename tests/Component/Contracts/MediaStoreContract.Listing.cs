namespace OrleansIngest.Component.Tests.Contracts;

public abstract partial class MediaStoreContract
{
    [Fact]
    public async Task Listed_is_every_place_that_holds_bytes()
    {
        var (unfinished, finished, freed) = (_store.NewPlace(), _store.NewPlace(), _store.NewPlace());
        await Write(unfinished, 0, "some");
        await Write(finished, 0, "all of it");
        await Write(freed, 0, "nothing");
        var location = await _store.Finish(finished, 9);
        await _store.Free(freed);

        var listed = await _store.List().ToListAsync();

        Assert.Equal(
            new HashSet<(string, long, bool)> { (unfinished, 4, false), (location, 9, true) },
            listed.Select(place => (place.Place, place.Length, place.IsFinished)).ToHashSet());
        Assert.Equal(2, listed.Count);
    }

    [Fact]
    public async Task A_new_store_lists_nothing() => Assert.Empty(await _store.List().ToListAsync());

    [Fact]
    public async Task Places_may_come_and_go_while_they_are_listed()
    {
        var places = Enumerable.Range(0, 300).Select(_ => _store.NewPlace()).ToList();
        foreach (var place in places)
            await Write(place, 0, "x");

        var seen = new HashSet<string>();
        await foreach (var place in _store.List())
        {
            Assert.True(seen.Add(place.Place));
            foreach (var other in places.Where(p => !seen.Contains(p)).Take(2))
                await _store.Free(other);
            await Write(_store.NewPlace(), 0, "y");
        }
    }
}

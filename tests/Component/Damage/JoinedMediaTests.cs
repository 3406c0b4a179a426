using OrleansIngest.Salvage;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>
/// Media that are made of parts, and parts that are not joined yet, in a folder
/// that is checked or salvaged.
/// </summary>
public sealed class JoinedMediaTests : IAsyncLifetime
{
    private readonly List<string> _said = [];
    private LivedFolder _folder = null!;

    public async ValueTask InitializeAsync() => _folder = await LivedFolder.MakeJoined();

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void A_job_that_has_nothing_but_partial_uploads_is_whole()
    {
        var report = _folder.Check();

        Assert.Empty(report.Damage);
        Assert.Equal((2, 5), (report.Jobs, report.Events));
    }

    /// <summary>A sweep would free the bytes.</summary>
    [Fact]
    public void A_part_that_nobody_knows_to_be_needed_is_damage()
    {
        _folder.Execute("DELETE FROM parts WHERE part = (SELECT min(part) FROM parts)");

        Assert.Equal(
            [$"job attic: the parts of media {LivedFolder.Media(1)} are not what follows from its events"],
            _folder.Check().Damage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("DELETE FROM parts")]
    [InlineData("DELETE FROM journal WHERE seq > 1")]
    [InlineData("DELETE FROM journal")]
    public async Task Its_parts_come_along(string damage)
    {
        if (damage.Length > 0)
            _folder.Execute(damage);
        using var salvaged = await Salvage();

        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = salvaged.Path });
        var (snapshot, parts) = (await storage.Journal.Load(LivedFolder.Attic), salvaged.PartsOf(1));
        Assert.Equal(
            _folder.MediaOf(LivedFolder.Attic).Select(m => (m.Status, m.Content)),
            snapshot.Media.Select(m => (m.Status, m.Content)));
        Assert.Equal(parts.ToHashSet(), await storage.Inventory.Needed(parts));
        Assert.Equal(LivedFolder.Bytes(1), parts.SelectMany(part => File.ReadAllBytes(salvaged.FileOf(part))));
        Assert.Equal("final;/a /b", Assert.Single(snapshot.Uploads).Concat);
    }

    [Fact]
    public async Task Bytes_of_which_a_part_is_missing_are_not_stored()
    {
        _folder.Execute("DELETE FROM journal WHERE seq = 2");
        File.Delete(_folder.FileOf(_folder.PartsOf(1)[1]));
        using var salvaged = await Salvage();

        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = salvaged.Path });
        Assert.Equal("Damaged", (await storage.Journal.Load(LivedFolder.Attic)).Media[0].Failure!.Reason.ToString());
    }

    [Fact]
    public async Task Partial_uploads_come_along_as_far_as_they_were()
    {
        using var before = new SqliteStorage(new SqliteStorageOptions { Folder = _folder.Path });
        var partials = (await before.Uploads.List()).Where(upload => upload.IsPartial).OrderBy(upload => upload.Media)
            .Select(upload => upload with { LastByteAt = TimeSpan.Zero }).ToList(); // they begin to age anew
        before.Dispose();
        using var salvaged = await Salvage();

        using var storage = new SqliteStorage(new SqliteStorageOptions { Folder = salvaged.Path });
        Assert.Equal(
            partials,
            (await storage.Uploads.List()).Where(upload => upload.IsPartial).OrderBy(upload => upload.Media));
        Assert.Equal([30, 20], partials.Select(partial => salvaged.LengthOf(partial.Incoming)));
    }

    private async Task<LivedFolder> Salvage()
    {
        var salvaged = _folder.Empty();
        await DataSalvage.Run(_folder.Path, salvaged.Path, _said.Add);
        Assert.Empty(salvaged.Check().Damage);
        return salvaged;
    }
}

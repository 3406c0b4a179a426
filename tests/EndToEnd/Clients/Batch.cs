using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>A file that a client uploads.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Sha256">What its bytes hash to.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Media">The id that a client gives it, if the client gives one.</param>
internal sealed record BatchFile(string Path, string Sha256, int Length, Guid Media)
{
    /// <summary>What a client says of it.</summary>
    public Dictionary<string, string> Metadata => new() { ["media"] = Media.ToString(), ["device"] = "phone-1", ["filename"] = System.IO.Path.GetFileName(Path) };
}

/// <summary>Files that clients upload to a job of their own, and what must be true when the clients say that they did.</summary>
internal sealed class Batch : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<BatchFile> _files = [];
    private readonly ServerFixture _fixture;

    /// <summary>Makes the files, each of another length.</summary>
    /// <param name="fixture">The server that they are for.</param>
    /// <param name="names">What they are called.</param>
    /// <param name="length">Of the first one.</param>
    public Batch(ServerFixture fixture, IEnumerable<string> names, int length)
        : this(fixture, [.. names.Select((name, index) => (name, Bytes(length + (index * 10_007))))])
    {
    }

    /// <summary>Files that are known.</summary>
    /// <param name="fixture">The server that they are for.</param>
    /// <param name="files">What they are called, and what is in them.</param>
    public Batch(ServerFixture fixture, params (string Name, byte[] Bytes)[] files)
    {
        _fixture = fixture;
        _files.AddRange(files.Select(file => Make(file.Name, file.Bytes)));
    }

    public string Job { get; } = Fresh.Job();

    public IReadOnlyList<BatchFile> Files => _files;

    /// <summary>The folder that they are in.</summary>
    public string Folder => _folder.Path;

    /// <summary>Where uploads are created.</summary>
    /// <param name="entrance">Where clients send their requests.</param>
    public Uri Endpoint(Uri entrance) => new(entrance, Upload.Url(Job));

    /// <summary>A device has given none of them up.</summary>
    public void MustBeDone(IReadOnlyCollection<DeviceResult> results)
    {
        Assert.All(results, result => Assert.True(result.Error is null, $"{_files.Single(file => file.Media == result.Media).Path}: {result.Error}"));
        Assert.Equal(_files.Select(file => file.Media).Order(), results.Select(result => result.Media).Order());
    }

    /// <summary>Each is stored once, with the client's id if it gave one, as the bytes that it is; and the feed says so once, without a gap.</summary>
    /// <param name="ids">Whether the client gave ids. If not, an upload of which it never heard may be left open.</param>
    public async Task MustBeStored(bool ids = true)
    {
        var media = await _fixture.Grpc.ListAllMedia(Job);
        if (ids)
            Assert.Equal(_files.Select(file => (file.Media.ToString(), file.Sha256)).Order(), media.Select(m => (m.Media_, Hash(m))).Order());
        var stored = media.Where(m => m.State == MediaState.Stored).ToList();
        Assert.Equal(_files.Select(file => file.Sha256).Order(), stored.Select(Hash).Order());
        foreach (var one in stored)
            Assert.Equal(Hash(one), TestMedia.Sha256((await Upload.Download(Job, Guid.Parse(one.Media_)).Run(_fixture.Server)).Body));
        await FeedMustTell(stored);
    }

    public void Dispose() => _folder.Dispose();

    private async Task FeedMustTell(IEnumerable<Media> stored)
    {
        var head = (await _fixture.Grpc.GetJob(Job)).AsOf.Seq;
        await using var watcher = await FeedWatcher.Start(_fixture.Server, Job);
        await watcher.Sees("everything", e => e.Seq == head);
        Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), watcher.Events.Select(e => e.Seq));
        Assert.Equal(stored.Select(m => m.Media_).Order(), watcher.Events.Where(e => e.MediaStored is not null).Select(e => e.Media).Order());
    }

    private BatchFile Make(string name, byte[] bytes)
    {
        var path = _folder.File(name);
        File.WriteAllBytes(path, bytes);
        return new BatchFile(path, TestMedia.Sha256(bytes), bytes.Length, Fresh.Media());
    }

    private static byte[] Bytes(int length) => TestMedia.Bytes(length, seed: length);

    private static string Hash(Media media) => Convert.ToHexStringLower(media.Sha256.Span);
}

using OrleansIngest.EndToEnd.Support;
using OrleansIngest.Protos.V1;

namespace OrleansIngest.EndToEnd.Clients;

/// <summary>A file that a client uploads.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Sha256">The SHA-256 of its bytes.</param>
/// <param name="Length">The number of its bytes.</param>
/// <param name="Media">The id of the media, if the client gives one.</param>
internal sealed record BatchFile(string Path, string Sha256, int Length, Guid Media)
{
    /// <summary>The metadata that a client sends.</summary>
    public Dictionary<string, string> Metadata =>
        new() { ["media"] = Media.ToString(), ["device"] = "phone-1", ["filename"] = System.IO.Path.GetFileName(Path) };
}

/// <summary>
/// Files that clients upload to a job of their own, and the checks for the time when the clients
/// say that they are done.
/// </summary>
internal sealed class Batch : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<BatchFile> _files = [];
    private readonly ServerFixture _fixture;

    /// <summary>Makes the files, each with another length.</summary>
    /// <param name="fixture">The server for the files.</param>
    /// <param name="names">The names of the files.</param>
    /// <param name="length">The length of the first file.</param>
    public Batch(ServerFixture fixture, IEnumerable<string> names, int length)
        : this(fixture, [.. names.Select((name, index) => (name, Bytes(length + (index * 10_007))))])
    {
    }

    /// <summary>Makes files with given content.</summary>
    /// <param name="fixture">The server for the files.</param>
    /// <param name="files">The names and the content of the files.</param>
    public Batch(ServerFixture fixture, params (string Name, byte[] Bytes)[] files)
    {
        _fixture = fixture;
        _files.AddRange(files.Select(file => Make(file.Name, file.Bytes)));
    }

    public string Job { get; } = Fresh.Job();

    public IReadOnlyList<BatchFile> Files => _files;

    /// <summary>The folder of the files.</summary>
    public string Folder => _folder.Path;

    /// <summary>The URL at which uploads are created.</summary>
    /// <param name="entrance">The address to which clients send their requests.</param>
    public Uri Endpoint(Uri entrance) => new(entrance, Upload.Url(Job));

    /// <summary>Checks that a device gave up none of the files.</summary>
    public void MustBeDone(IReadOnlyCollection<DeviceResult> results)
    {
        Assert.All(results, result =>
            Assert.True(
                result.Error is null,
                $"{_files.Single(file => file.Media == result.Media).Path}: {result.Error}"));
        Assert.Equal(_files.Select(file => file.Media).Order(), results.Select(result => result.Media).Order());
    }

    /// <summary>
    /// Checks that each file is stored once, with the client's id if there is one and with the
    /// right bytes, and that the feed reports each once, without a gap.
    /// </summary>
    /// <param name="ids">
    /// Whether the client gave ids. If not, an upload whose URL the client never learned may still
    /// be open.
    /// </param>
    public async Task MustBeStored(bool ids = true)
    {
        var media = await _fixture.Grpc.ListAllMedia(Job);
        if (ids)
            Assert.Equal(
                _files.Select(file => (file.Media.ToString(), file.Sha256)).Order(),
                media.Select(m => (m.Media_, Hash(m))).Order());
        var stored = media.Where(m => m.State == MediaState.Stored).ToList();
        Assert.Equal(_files.Select(file => file.Sha256).Order(), stored.Select(Hash).Order());
        foreach (var one in stored)
            Assert.Equal(
                Hash(one),
                TestMedia.Sha256((await Upload.Download(Job, Guid.Parse(one.Media_)).Run(_fixture.Server)).Body));
        await FeedMustTell(stored);
    }

    public void Dispose() => _folder.Dispose();

    private async Task FeedMustTell(IEnumerable<Media> stored)
    {
        var head = (await _fixture.Grpc.GetJob(Job)).AsOf.Seq;
        await using var watcher = await FeedWatcher.Start(_fixture.Server, Job);
        await watcher.Sees("everything", e => e.Seq == head);
        Assert.Equal(Enumerable.Range(1, (int)head).Select(seq => (long)seq), watcher.Events.Select(e => e.Seq));
        Assert.Equal(
            stored.Select(m => m.Media_).Order(),
            watcher.Events.Where(e => e.MediaStored is not null).Select(e => e.Media).Order());
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

using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.MainJob;

/// <summary>A file that a device has to upload.</summary>
internal sealed record Source(int Device, Guid Media, string Path, string Sha256, long Length)
{
    public bool IsVideo => Path.EndsWith(".mp4", StringComparison.Ordinal);
}

/// <summary>
/// A day's work of some devices: photos of which some are the same on all of them, and videos.
/// </summary>
internal sealed class FieldWork : IDisposable
{
    public const string Job = "bridge-17";
    private const int VideoChunk = 8 << 20;

    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the files, in the order in which they will be uploaded.</summary>
    /// <param name="devices">How many devices there are.</param>
    /// <param name="photosEach">How many photos each of them has.</param>
    /// <param name="sharedEach">How many of these all of them have.</param>
    /// <param name="videos">
    /// How many videos there are in all; the first device has the first one.
    /// </param>
    /// <param name="videoMegabytes">How long a video is.</param>
    public FieldWork(int devices, int photosEach, int sharedEach, int videos, int videoMegabytes)
    {
        Devices = devices;
        Sources = [.. from video in Enumerable.Range(0, videos)
                      select AddVideo(video % devices, video, videoMegabytes),
                   .. from device in Enumerable.Range(0, devices)
                      from photo in Enumerable.Range(0, photosEach)
                      select AddPhoto(device, photo < sharedEach ? photo : (1000 * (device + 1)) + photo)];
    }

    public int Devices { get; }

    public IReadOnlyList<Source> Sources { get; private set; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Sources.Sum(s => s.Length);

    /// <summary>How many files differ from all others.</summary>
    public int Distinct => Sources.DistinctBy(s => s.Sha256).Count();

    /// <summary>No device uploads in the order of another.</summary>
    public void Shuffle(Random random) => Sources = [.. Sources.OrderBy(_ => random.Next())];

    /// <summary>
    /// Starts all devices. Half of them know only the one fixed URL, and name a file's
    /// SHA-256 when they create it.
    /// </summary>
    public Task<TusDevice[]> Start(Uri server, Action<DeviceAnswer>? onAnswer = null) =>
        Task.WhenAll(Enumerable.Range(0, Devices).Select(device => TusDevice.Start(
            new Uri(server, device % 2 == 0 ? $"/jobs/{Job}/uploads" : "/files"),
            Sources.Where(s => s.Device == device).Select(ToUpload),
            onAnswer: onAnswer)));

    /// <summary>Waits until all devices are done; none has given a file up.</summary>
    public async Task<IReadOnlyList<DeviceResult>> Finish(IEnumerable<TusDevice> devices, TimeSpan limit)
    {
        var results = new List<DeviceResult>();
        foreach (var device in devices)
        {
            results.AddRange(await device.Done(limit));
            await device.DisposeAsync();
        }
        Assert.All(results, result => Assert.True(result.Error is null, $"{result.Media}: {result.Error}"));
        Assert.Equal(Sources.Select(s => s.Media).Order(), results.Select(r => r.Media).Order());
        return results;
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// In every way that tus-js-client has: in chunks, whole, with the creation, and begun with it.
    /// </summary>
    private static DeviceFile ToUpload(Source source, int index) => (source.IsVideo ? -1 : index % 4) switch
    {
        -1 => new DeviceFile(source.Path, Metadata(source), VideoChunk),
        0 => new DeviceFile(source.Path, Metadata(source), ChunkSize: 64 << 10),
        1 => new DeviceFile(source.Path, Metadata(source)),
        2 => new DeviceFile(source.Path, Metadata(source), WithCreation: true),
        _ => new DeviceFile(source.Path, Metadata(source), ChunkSize: 100_000, WithCreation: true),
    };

    private static Dictionary<string, string> Metadata(Source source)
    {
        var metadata = new Dictionary<string, string>
        {
            ["job"] = Job,
            ["media"] = source.Media.ToString(),
            ["device"] = $"phone-{source.Device}",
            ["filename"] = Path.GetFileName(source.Path),
        };
        if (source.Device % 2 == 1)
            metadata["sha256"] = source.Sha256;
        return metadata;
    }

    private Source AddVideo(int device, int number, int megabytes)
    {
        var path = _folder.File($"VID_{number:0000}.mp4");
        TestMedia.WriteVideo(path, (long)megabytes << 20, seed: number);
        using var file = File.OpenRead(path);
        return new Source(device, Fresh.Media(), path, TestMedia.Sha256(file).Result, file.Length);
    }

    private Source AddPhoto(int device, int number)
    {
        var path = _folder.File($"IMG_{number:0000}.jpg");
        var photo = TestMedia.Photo(number);
        File.WriteAllBytes(path, photo);
        return new Source(device, Fresh.Media(), path, TestMedia.Sha256(photo), photo.Length);
    }
}

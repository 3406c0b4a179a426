using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.MainJob;

/// <summary>A file that a device has to upload.</summary>
internal sealed record Source(int Device, Guid Media, string Path, string Sha256, long Length)
{
    public bool IsVideo => Path.EndsWith(".mp4", StringComparison.Ordinal);
}

/// <summary>A day's work of some devices: photos of which some are the same on all of them, and one video.</summary>
internal sealed class FieldWork : IDisposable
{
    public const string Job = "bridge-17";
    private const int VideoChunk = 8 << 20;

    private readonly TemporaryFolder _folder = new();

    public FieldWork(int devices, int photosEach, int sharedEach, int videoMegabytes)
    {
        Devices = devices;
        Sources = [AddVideo(videoMegabytes), .. from device in Enumerable.Range(0, devices)
                                                from photo in Enumerable.Range(0, photosEach)
                                                select AddPhoto(device, photo < sharedEach ? photo : (1000 * (device + 1)) + photo)];
    }

    public int Devices { get; }

    public IReadOnlyList<Source> Sources { get; }

    public Source Video => Sources.Single(s => s.IsVideo);

    /// <summary>How many files differ from all others.</summary>
    public int Distinct => Sources.DistinctBy(s => s.Sha256).Count();

    /// <summary>Lets all devices start. Half of them know only the one fixed URL.</summary>
    public Task<TusDevice[]> Start(Uri server) => Task.WhenAll(Enumerable.Range(0, Devices).Select(device => TusDevice.Start(
        new Uri(server, device % 2 == 0 ? $"/jobs/{Job}/uploads" : "/files"),
        Sources.Where(s => s.Device == device).Select(ToUpload))));

    public void Dispose() => _folder.Dispose();

    /// <summary>In every way that tus-js-client has: in chunks, whole, with the creation, and begun with it.</summary>
    private static DeviceFile ToUpload(Source source, int index) => (source.IsVideo ? -1 : index % 4) switch
    {
        -1 => new DeviceFile(source.Path, Metadata(source), VideoChunk),
        0 => new DeviceFile(source.Path, Metadata(source), ChunkSize: 64 << 10),
        1 => new DeviceFile(source.Path, Metadata(source)),
        2 => new DeviceFile(source.Path, Metadata(source), WithCreation: true),
        _ => new DeviceFile(source.Path, Metadata(source), ChunkSize: 100_000, WithCreation: true),
    };

    private static Dictionary<string, string> Metadata(Source source) => new()
    {
        ["job"] = Job,
        ["media"] = source.Media.ToString(),
        ["device"] = $"phone-{source.Device}",
        ["filename"] = Path.GetFileName(source.Path),
    };

    private Source AddVideo(int megabytes)
    {
        var path = _folder.File("walk-round.mp4");
        TestMedia.WriteVideo(path, (long)megabytes << 20, seed: 17);
        using var file = File.OpenRead(path);
        return new Source(0, Fresh.Media(), path, TestMedia.Sha256(file).Result, file.Length);
    }

    private Source AddPhoto(int device, int number)
    {
        var path = _folder.File($"IMG_{number:0000}.jpg");
        var photo = TestMedia.Photo(number);
        File.WriteAllBytes(path, photo);
        return new Source(device, Fresh.Media(), path, TestMedia.Sha256(photo), photo.Length);
    }
}

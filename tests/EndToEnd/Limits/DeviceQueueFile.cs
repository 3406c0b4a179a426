using OrleansIngest.EndToEnd.Support;

namespace OrleansIngest.EndToEnd.Limits;

/// <summary>
/// A file in a device's queue, and what becomes of it with the real tus-js-client.
/// </summary>
internal sealed class DeviceQueueFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DeviceFile _file;

    public DeviceQueueFile(byte[] bytes, string device = "phone-1", long? chunkSize = null, bool withCreation = true)
    {
        var path = _folder.File("file.jpg");
        File.WriteAllBytes(path, bytes);
        var metadata = new Dictionary<string, string> { ["media"] = Media.ToString(), ["device"] = device };
        _file = new DeviceFile(path, metadata, chunkSize, withCreation);
    }

    public Guid Media { get; } = Fresh.Media();

    /// <summary>Uploads it, with all patience.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="job">The job's key.</param>
    /// <param name="onAnswer">Told each status that the device gets.</param>
    /// <returns>What the device says of it, and the answers that it got.</returns>
    public async Task<(DeviceResult Result, List<(string Method, int Status)> Answers)> Upload(
        IngestServer server, string job, Action<int>? onAnswer = null)
    {
        var answers = new List<(string, int)>();
        var endpoint = new Uri(server.Http, Support.Upload.Url(job));
        await using var device = await TusDevice.Start(endpoint, [_file], onAnswer: answer =>
        {
            answers.Add((answer.Method, answer.Status));
            onAnswer?.Invoke(answer.Status);
        });
        return (Assert.Single(await device.Done(TimeSpan.FromMinutes(2))), answers);
    }

    public void Dispose() => _folder.Dispose();
}

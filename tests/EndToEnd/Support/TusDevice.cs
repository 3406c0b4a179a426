using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A file for a device to upload, and how to upload it.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Metadata">The tus metadata in plain text.</param>
/// <param name="ChunkSize">Bytes per request; null to send all in one request.</param>
/// <param name="WithCreation">Whether the creation brings the first bytes.</param>
/// <param name="Parts">The number of partial uploads, which are sent at the same time.</param>
public sealed record DeviceFile(
    string Path, IReadOnlyDictionary<string, string> Metadata, long? ChunkSize = null, bool WithCreation = false,
    int Parts = 1)
{
    /// <summary>Whether the file is a stream whose length is unknown before its end.</summary>
    public bool Deferred { get; init; }

    /// <summary>The name of another protocol than tus 1.0.0, as tus-js-client calls it.</summary>
    public string? Protocol { get; init; }

    /// <summary>The number of sent bytes after which the device aborts the upload.</summary>
    public long? AbortsAt { get; init; }

    /// <summary>
    /// Whether the device terminates the upload when it aborts, instead of resuming it.
    /// </summary>
    public bool Terminates { get; init; }

    /// <summary>The number of sent bytes after which the device kills itself.</summary>
    public long? DiesAt { get; init; }
}

/// <summary>
/// What a device reports about a file: its URL, or why it gave up, and how often it had to ask for
/// the offset.
/// </summary>
public sealed record DeviceResult(Guid Media, string? Url, string? Error, int Resumed);

/// <summary>An answer that a device received.</summary>
/// <param name="Method">The method of the request.</param>
/// <param name="Location">
/// The path of the upload; null if the answer to a creation had none.
/// </param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Offset">The offset in the answer, if any.</param>
public sealed record DeviceAnswer(string Method, string? Location, int Status, long? Offset);

/// <summary>
/// A device in a process of its own (<c>node/device.mjs</c>). It uploads with the real
/// tus-js-client.
/// </summary>
public sealed class TusDevice : IAsyncDisposable
{
    private const int Sigkill = 128 + 9;

    private readonly ChildProcess _node;
    private readonly Action<DeviceAnswer>? _onAnswer;
    private ImmutableList<DeviceResult> _results = [];

    private TusDevice(Action<DeviceAnswer>? onAnswer)
    {
        _onAnswer = onAnswer;
        _node = new ChildProcess("node", ["device.mjs"], Paths.Node, Line);
    }

    public ImmutableList<DeviceResult> Results => _results;

    /// <summary>Starts to upload.</summary>
    /// <param name="endpoint">The URL at which uploads are created.</param>
    /// <param name="files">The files to upload.</param>
    /// <param name="parallel">The number of concurrent uploads.</param>
    /// <param name="onAnswer">Called with each answer that the device receives, in order.</param>
    /// <param name="urls">The file in which the device keeps the URLs of its uploads.</param>
    public static async Task<TusDevice> Start(
        Uri endpoint, IEnumerable<DeviceFile> files, int parallel = 3, Action<DeviceAnswer>? onAnswer = null,
        string? urls = null)
    {
        await NodePackages.Ready;
        var device = new TusDevice(onAnswer);
        await device._node.Say(JsonSerializer.Serialize(new { endpoint, parallel, urls, files }, NodeDialogue.Json));
        device._node.CloseInput();
        return device;
    }

    /// <summary>Waits until the device has finished all files.</summary>
    public async Task<ImmutableList<DeviceResult>> Done(TimeSpan limit)
    {
        var code = await Eventually.Comes("end of a device", _node.Ended, limit);
        Assert.True(code == 0, $"A device ended with {code}: {_node.Errors}");
        return _results;
    }

    /// <summary>Waits until the device has killed itself.</summary>
    public async Task Dies() => Assert.Equal(Sigkill, await Eventually.Comes("death of a device", _node.Ended));

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private void Line(string line)
    {
        var said = JsonDocument.Parse(line).RootElement;
        if (said.TryGetProperty("told", out var answer))
            _onAnswer?.Invoke(answer.Deserialize<DeviceAnswer>(NodeDialogue.Json)!);
        else
            _results = _results.Add(said.Deserialize<DeviceResult>(NodeDialogue.Json)!);
    }
}

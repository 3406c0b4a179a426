using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansIngest.EndToEnd.Support;

/// <summary>A file for a device to upload, and how.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Metadata">tus metadata in plain text.</param>
/// <param name="ChunkSize">Bytes per request; null: all in one.</param>
/// <param name="WithCreation">The first bytes come in the creating request.</param>
/// <param name="Parts">How many partial uploads it is sent as, all at the same time.</param>
public sealed record DeviceFile(
    string Path, IReadOnlyDictionary<string, string> Metadata, long? ChunkSize = null, bool WithCreation = false, int Parts = 1)
{
    /// <summary>It is a stream, of which nobody knows the length before its end.</summary>
    public bool Deferred { get; init; }

    /// <summary>What tus-js-client calls another protocol than tus 1.0.0.</summary>
    public string? Protocol { get; init; }

    /// <summary>When so many bytes are sent, the device aborts the upload.</summary>
    public long? AbortsAt { get; init; }

    /// <summary>It does not go on then, but tells the server that it will not.</summary>
    public bool Terminates { get; init; }

    /// <summary>The device does not live to send what comes after so many bytes.</summary>
    public long? DiesAt { get; init; }
}

/// <summary>What a device says of a file: its URL, or why it gave up; and how often it had to ask where it was.</summary>
public sealed record DeviceResult(Guid Media, string? Url, string? Error, int Resumed);

/// <summary>An answer that a device got.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Location">The path of the upload; null if the answer to a creation gave none.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Offset">How much of the upload the server says that it has, if it says so.</param>
public sealed record DeviceAnswer(string Method, string? Location, int Status, long? Offset);

/// <summary>A device in a process of its own (<c>node/device.mjs</c>): uploads with the real tus-js-client.</summary>
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

    /// <summary>Starts uploading.</summary>
    /// <param name="endpoint">Where uploads are created.</param>
    /// <param name="files">What to upload.</param>
    /// <param name="parallel">How many at a time.</param>
    /// <param name="onAnswer">Told each answer that the device gets, in order.</param>
    /// <param name="urls">The file in which it keeps where its uploads are.</param>
    public static async Task<TusDevice> Start(
        Uri endpoint, IEnumerable<DeviceFile> files, int parallel = 3, Action<DeviceAnswer>? onAnswer = null, string? urls = null)
    {
        await NodePackages.Ready;
        var device = new TusDevice(onAnswer);
        await device._node.Say(JsonSerializer.Serialize(new { endpoint, parallel, urls, files }, NodeDialogue.Json));
        device._node.CloseInput();
        return device;
    }

    /// <summary>Waits until it has nothing more to do.</summary>
    public async Task<ImmutableList<DeviceResult>> Done(TimeSpan limit)
    {
        var code = await Eventually.Comes("end of a device", _node.Ended, limit);
        Assert.True(code == 0, $"A device ended with {code}: {_node.Errors}");
        return _results;
    }

    /// <summary>Waits until it is dead.</summary>
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

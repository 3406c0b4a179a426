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
    string Path, IReadOnlyDictionary<string, string> Metadata, long? ChunkSize = null, bool WithCreation = false, int Parts = 1);

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
    public static async Task<TusDevice> Start(
        Uri endpoint, IEnumerable<DeviceFile> files, int parallel = 3, Action<DeviceAnswer>? onAnswer = null)
    {
        await NodePackages.Ready;
        var device = new TusDevice(onAnswer);
        await device._node.Say(JsonSerializer.Serialize(new { endpoint, parallel, files }, Options));
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

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    private void Line(string line)
    {
        var said = JsonDocument.Parse(line).RootElement;
        if (said.TryGetProperty("told", out var answer))
            _onAnswer?.Invoke(answer.Deserialize<DeviceAnswer>(Options)!);
        else
            _results = _results.Add(said.Deserialize<DeviceResult>(Options)!);
    }
}

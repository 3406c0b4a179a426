using System.Collections.Concurrent;

namespace Orleans.Storage;

/// <summary>Keeps states as long as the process lives.</summary>
internal sealed class MemoryGrainStorage(string name) : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, string), StoredState> _records = new();

    public string Name => name;

    public Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task<StoredState?> ReadAsync(string stateName, string key) =>
        Task.FromResult(_records.GetValueOrDefault((stateName, key)));

    public Task<string?> WriteAsync(string stateName, string key, string? version, byte[]? payload)
    {
        var next = new StoredState(payload, Guid.NewGuid().ToString());
        var written = version is null
            ? _records.TryAdd((stateName, key), next)
            : _records.TryGetValue((stateName, key), out var stored) && stored.Version == version
                && _records.TryUpdate((stateName, key), next, stored);
        return Task.FromResult(written ? next.Version : null);
    }
}

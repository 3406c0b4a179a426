using System.Text.Json;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>A state with its record, as JSON in some storage.</summary>
internal sealed class PersistentState<T>(IGrainStorage storage, string stateName, string key) : IPersistentState<T>
{
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true };

    private Task _last = Task.CompletedTask;

    public T State { get; set; } = Activator.CreateInstance<T>();

    public string? Etag { get; private set; }

    public bool RecordExists { get; private set; }

    public Task ReadStateAsync() => InTurn(async () =>
    {
        var stored = await storage.ReadAsync(stateName, key);
        State = stored?.Payload is { } payload ? JsonSerializer.Deserialize<T>(payload, Json)! : Activator.CreateInstance<T>();
        Etag = stored?.Version;
        RecordExists = stored?.Payload is not null;
    });

    public Task WriteStateAsync() => InTurn(async () =>
    {
        await ReplaceAsync(JsonSerializer.SerializeToUtf8Bytes(State, Json));
        RecordExists = true;
    });

    public Task ClearStateAsync() => InTurn(async () =>
    {
        Etag ??= (await storage.ReadAsync(stateName, key))?.Version;
        if (Etag is not null) await ReplaceAsync(null);
        State = Activator.CreateInstance<T>();
        RecordExists = false;
    });

    private async Task ReplaceAsync(byte[]? payload)
    {
        var version = await storage.WriteAsync(stateName, key, Etag, payload);
        if (version is null || version == Etag)
            throw new InconsistentStateException(
                $"The stored state '{stateName}' of '{key}' is not at version '{Etag ?? "none"}', as it was read.");
        Etag = version;
    }

    // A reentrant grain may ask for the next operation during the last one; two at once would be a conflict with itself.
    private Task InTurn(Func<Task> operation) => _last = AfterAsync(_last, operation);

    private async Task AfterAsync(Task last, Func<Task> operation)
    {
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        try
        {
            await operation();
        }
        catch (Exception error) when (error is not OrleansException)
        {
            throw new OrleansException($"The storage '{storage.Name}' failed for '{stateName}' of '{key}': {error.Message}", error);
        }
    }
}

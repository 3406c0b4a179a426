namespace Orleans.Storage;

/// <summary>A record as it is stored: the bytes of the state, null if it has been cleared, and its version.</summary>
internal sealed record StoredState(byte[]? Payload, string Version);

/// <summary>Where the states of grains are kept.</summary>
internal interface IGrainStorage
{
    string Name { get; }

    /// <summary>Checks that the storage is usable, before the first grain runs.</summary>
    Task StartAsync(CancellationToken cancellation);

    Task<StoredState?> ReadAsync(string stateName, string key);

    /// <summary>Writes a record, or clears it if there is no payload.</summary>
    /// <param name="stateName">With the key, the record's name.</param>
    /// <param name="key">The grain's key.</param>
    /// <param name="version">The version that is replaced; null: there is no record yet.</param>
    /// <param name="payload">The state.</param>
    /// <returns>The new version, or null if the stored one is another.</returns>
    Task<string?> WriteAsync(string stateName, string key, string? version, byte[]? payload);
}

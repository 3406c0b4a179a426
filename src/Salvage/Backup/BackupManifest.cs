using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage;

namespace OrleansIngest.Salvage.Backup;

/// <summary>The file <c>backup.json</c> of a backup's folder: whose backup it is, and which journal it is of.</summary>
internal sealed record BackupManifest
{
    /// <summary>Its name in the folder.</summary>
    public const string FileName = "backup.json";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new BlobIdConverter() },
    };

    /// <summary>The id of the data folder that it is a backup of: see <see cref="DataBackup"/>.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// Where that folder is. A restored one has the same id, and its backup must not take the place of the other's.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// When the backup began: it has everything that was acknowledged by then. Null if there is none yet.
    /// </summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>
    /// The SHA-256 that <c>ingest.db</c> may have. Two for the moment in which one takes the place of the other. If it
    /// has another one, a server has worked in the folder, and it is no backup any more.
    /// </summary>
    public IReadOnlyList<string> Journals { get; init; } = [];

    /// <summary>Contents of stored media whose bytes were damaged in the source, and are not in the backup.</summary>
    public HashSet<BlobId> Missing { get; init; } = [];

    /// <summary>Reads that of a folder; null if it has none.</summary>
    /// <exception cref="StorageException">The file cannot be read.</exception>
    public static BackupManifest? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(path), s_json)
                : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                $"The file {path} cannot be read ({e.Message.TrimEnd('.')}): name a new folder for the backup.", e);
        }
    }

    /// <summary>
    /// Writes it, in the place of the one before: whole and durable, or, if the machine dies meanwhile, not at all.
    /// </summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        using (var file = DataFolder.Open($"{path}.new", FileShare.None))
        {
            file.SetLength(0);
            JsonSerializer.Serialize(file, this, s_json);
            FileSync.Data(file.SafeFileHandle);
        }
        File.Move($"{path}.new", path, overwrite: true);
        FileSync.Folder(folder);
    }

    private sealed class BlobIdConverter : JsonConverter<BlobId>
    {
        public override BlobId Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            BlobId.Parse(reader.GetString());

        public override void Write(Utf8JsonWriter writer, BlobId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIngest.Grains.Model;
using OrleansIngest.Storage;

namespace OrleansIngest.Salvage.Backup;

/// <summary>
/// The file <c>backup.json</c> in a backup's folder. It says which data folder the backup is of,
/// and which journal belongs to it.
/// </summary>
internal sealed record BackupManifest
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "backup.json";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new BlobIdConverter() },
    };

    /// <summary>
    /// The id of the data folder that is backed up: see <see cref="DataBackup"/>.
    /// </summary>
    public required string Source { get; init; }

    /// <summary>
    /// Where that folder is. A restored folder has the same id as the original one, and its backup
    /// must not replace the original's.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>
    /// When the backup began: it has everything that was acknowledged before. Null if there is
    /// no backup yet.
    /// </summary>
    public DateTimeOffset? Began { get; init; }

    /// <summary>
    /// The SHA-256 that <c>ingest.db</c> may have. There are two while a new journal replaces an
    /// old one. If the file has another one, a server has worked in the folder, and it is no
    /// backup any more.
    /// </summary>
    public IReadOnlyList<string> Journals { get; init; } = [];

    /// <summary>
    /// Contents of stored media whose bytes were damaged in the data folder, and are not
    /// in the backup.
    /// </summary>
    public HashSet<BlobId> Missing { get; init; } = [];

    /// <summary>Reads the manifest of a folder; null if it has none.</summary>
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
    /// Writes the manifest and replaces the one before. If the machine fails meanwhile, one of the
    /// two is there, whole.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
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

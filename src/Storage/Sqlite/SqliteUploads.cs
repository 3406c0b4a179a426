using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Sqlite;

/// <summary>The open uploads in SQLite.</summary>
internal sealed class SqliteUploads(SqliteWriter writer, SqliteReaders readers) : IUploads
{
    /// <inheritdoc/>
    public Task<UploadRow?> Find(string job, Guid media, CancellationToken cancellation = default) =>
        readers.Read(session => UploadTable.Find(session, job, media), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UploadRow>> List(CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<UploadRow>>(session => UploadTable.List(session, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<int> Count(string device, int limit, CancellationToken cancellation = default) =>
        readers.Read(session => UploadTable.Count(session, device, limit), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UploadRow>> Finals(string job, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<UploadRow>>(session => UploadTable.FinalsOfJob(session, job), cancellation);

    /// <inheritdoc/>
    public Task OpenPartial(UploadRow partial) => writer.Write(session =>
    {
        UploadTable.Put(session, partial);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> ClosePartial(string job, Guid id, string place) =>
        writer.Write(session => UploadTable.Remove(session, job, id, place));

    /// <inheritdoc/>
    public Task<long?> SetLength(string job, Guid media, long length) =>
        writer.Write(session => UploadTable.SetLength(session, job, media, length));

    /// <inheritdoc/>
    public Task<bool> MarkUnverified(string job, Guid media, string place, long? from) =>
        writer.Write(session => UploadTable.MarkUnverified(session, job, media, place, from));

    /// <inheritdoc/>
    public Task<bool> RecordOffset(string job, Guid media, string place, long durableOffset, DateTimeOffset expiresAt) =>
        writer.Write(session => UploadTable.RecordOffset(session, job, media, place, durableOffset, expiresAt));
}

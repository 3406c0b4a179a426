using OrleansIngest.Grains.Model;
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
    public Task<IReadOnlyList<UploadRow>> Find(string job, IEnumerable<Guid> media, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<UploadRow>>(
            session => [.. media.Select(one => UploadTable.Find(session, job, one)).TakeWhile(row => row is not null).Select(row => row!)], cancellation);

    /// <inheritdoc/>
    public Task<TimeSpan> LastByteAt(UploadRow upload, CancellationToken cancellation = default) =>
        readers.Read(session => AwaitedTable.LastByteAt(session, upload), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Guid>> CompletePartial(UploadRow partial) => writer.Write<IReadOnlyList<Guid>>(session =>
    {
        AwaitedTable.SetNotAwaited(session, partial.Incoming);
        return AwaitedTable.ToSettle(session, partial.Incoming);
    });

    /// <inheritdoc/>
    public Task OpenPartial(UploadRow partial) => writer.Write(session =>
    {
        UploadTable.Put(session, partial);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> ClosePartial(string job, Guid id, BlobId incoming) => writer.Write(session =>
    {
        AwaitedTable.SetNotAwaited(session, incoming);
        return UploadTable.Remove(session, job, id, incoming);
    });

    /// <inheritdoc/>
    public Task<long?> SetLength(string job, Guid media, long length) =>
        writer.Write(session => UploadTable.SetLength(session, job, media, length));

    /// <inheritdoc/>
    public Task<bool> MarkUnverified(string job, Guid media, BlobId incoming, long? from) =>
        writer.Write(session => UploadTable.MarkUnverified(session, job, media, incoming, from));

    /// <inheritdoc/>
    public Task<bool> RecordOffset(string job, Guid media, BlobId incoming, long durableOffset, TimeSpan lastByteAt) =>
        writer.Write(session => UploadTable.RecordOffset(session, job, media, incoming, durableOffset, lastByteAt));

    /// <inheritdoc/>
    public Task<bool> RecordByte(string job, Guid media, BlobId incoming, TimeSpan lastByteAt) =>
        writer.Write(session => UploadTable.RecordByte(session, job, media, incoming, lastByteAt));
}

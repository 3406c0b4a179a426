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
    public Task<IReadOnlyList<UploadRow>> Find(
        string job, IEnumerable<Guid> media, CancellationToken cancellation = default) =>
        readers.Read<IReadOnlyList<UploadRow>>(
            session =>
            [
                .. media.Select(one => UploadTable.Find(session, job, one))
                    .TakeWhile(row => row is not null).Select(row => row!),
            ],
            cancellation);

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
    public Task<bool> ClosePartial(UploadFence partial) => writer.Write(session =>
    {
        if (!UploadTable.Remove(session, partial))
            return false;
        AwaitedTable.SetNotAwaited(session, partial.Incoming);
        return true;
    });

    /// <inheritdoc/>
    public Task<bool> TakeOver(UploadFence upload, string node) =>
        writer.Write(session => UploadTable.TakeOver(session, upload, node));

    /// <inheritdoc/>
    public Task<long?> SetLength(UploadFence upload, long length) =>
        writer.Write(session => UploadTable.SetLength(session, upload, length));

    /// <inheritdoc/>
    public Task<bool> MarkUnverified(UploadFence upload, long? from) =>
        writer.Write(session => UploadTable.MarkUnverified(session, upload, from));

    /// <inheritdoc/>
    public Task<bool> RecordOffset(UploadFence upload, long durableOffset, TimeSpan lastByteAt) =>
        writer.Write(session => UploadTable.RecordOffset(session, upload, durableOffset, lastByteAt));

    /// <inheritdoc/>
    public Task<bool> RecordByte(UploadFence upload, TimeSpan lastByteAt) =>
        writer.Write(session => UploadTable.RecordByte(session, upload, lastByteAt));
}

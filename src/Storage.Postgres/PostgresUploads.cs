using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>The open uploads in PostgreSQL.</summary>
internal sealed class PostgresUploads(PostgresDatabase database) : IUploads
{
    /// <inheritdoc/>
    public Task<UploadRow?> Find(string job, Guid media, CancellationToken cancellation = default) =>
        database.Read(results => results.One(UploadTable.Read), cancellation, UploadTable.Find(job, media));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UploadRow>> List(CancellationToken cancellation = default) =>
        await database.Read(results => results.All(UploadTable.Read), cancellation, UploadTable.List());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UploadRow>> Find(
        string job, IEnumerable<Guid> media, CancellationToken cancellation = default)
    {
        Guid[] asked = [.. media];
        var found = await database.Read(
            results => results.All(UploadTable.Read), cancellation, UploadTable.Find(job, asked));
        var byId = found.ToDictionary(upload => upload.Media);
        return [.. asked.TakeWhile(byId.ContainsKey).Select(id => byId[id])];
    }

    /// <inheritdoc/>
    public async Task<TimeSpan> LastByteAt(UploadRow upload, CancellationToken cancellation = default)
    {
        if (upload.Concat.Length == 0)
            return upload.LastByteAt;
        var ofOthers = await database.Read(
            results => results.One(row => row.IntegerOrNull()), cancellation, AwaitedTable.LastByteAt(upload));
        return new TimeSpan(Math.Max(upload.LastByteAt.Ticks, ofOthers ?? 0));
    }

    /// <inheritdoc/>
    public Task<int> Count(string device, int limit, CancellationToken cancellation = default) =>
        database.Read(
            results => results.One(row => (int)row.Integer()), cancellation, UploadTable.Count(device, limit));

    /// <inheritdoc/>
    public Task OpenPartial(UploadRow partial) => database.Write(
        results => Task.FromResult(true),
        [UploadTable.Put(partial), .. partial.IsWhole ? AwaitedTable.SetNotAwaited(partial.Incoming) : []]);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Guid>> CompletePartial(UploadRow partial) => await database.Write(
        async results =>
        {
            await results.Any(); // the lock of the part
            await results.Any(); // the locks of its finals
            return await results.All(row => row.Uuid());
        },
        [.. AwaitedTable.SetNotAwaited(partial.Incoming), AwaitedTable.ToSettle(partial.Incoming)]);

    /// <inheritdoc/>
    public Task<bool> ClosePartial(UploadFence partial) => database.Write(
        results => results.Any(),
        [UploadTable.Remove(partial), .. AwaitedTable.SetNotAwaitedIfGone(partial.Incoming)]);

    /// <inheritdoc/>
    public Task<bool> TakeOver(UploadFence upload, string node) =>
        database.Write(results => results.Any(), UploadTable.TakeOver(upload, node));

    /// <inheritdoc/>
    public Task<long?> SetLength(UploadFence upload, long length) =>
        database.Write(results => results.One(row => row.IntegerOrNull()), UploadTable.SetLength(upload, length));

    /// <inheritdoc/>
    public Task<bool> MarkUnverified(UploadFence upload, long? from) =>
        database.Write(results => results.Any(), UploadTable.MarkUnverified(upload, from));

    /// <inheritdoc/>
    public Task<bool> RecordOffset(UploadFence upload, long durableOffset, TimeSpan lastByteAt) =>
        database.Write(results => results.Any(), UploadTable.RecordOffset(upload, durableOffset, lastByteAt));

    /// <inheritdoc/>
    public Task<bool> RecordByte(UploadFence upload, TimeSpan lastByteAt) =>
        database.Write(results => results.Any(), UploadTable.RecordByte(upload, lastByteAt));
}

using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Joined;
using OrleansIngest.Storage.S3.Buckets;
using OrleansIngest.Storage.S3.Incoming;

namespace OrleansIngest.Storage.S3;

/// <summary>
/// Stores blobs in a bucket of S3, for any number of nodes. A finished blob is one object. An
/// incoming one is the parts of a multipart upload and, behind them, tails: small objects with the
/// bytes that are too few for a part. What counts of it is what <see cref="IBlobPieces"/> says.
/// </summary>
public sealed class S3MediaStore : IMediaStore, IJoiningStore, IDisposable
{
    private const int FinishedAtOnce = 16;

    /// <summary>How long a URL of <see cref="ReadUrl"/> is valid.</summary>
    private static readonly TimeSpan s_urlValidFor = TimeSpan.FromSeconds(60);

    private readonly S3Options _options;
    private readonly S3Context _context;
    private readonly Finishing _finishing;
    private readonly Joining _joining;
    private readonly UnusedObjects _unused;
    private readonly PartReaders _readers = new();
    private readonly BlobLocks _locks = new();

    // Blobs that come whole, from New until they are finished or freed, with their lengths.
    private readonly ConcurrentDictionary<Guid, WholeBlob> _whole = new();
    private readonly ConcurrentDictionary<Guid, S3Writer> _writers = new();

    /// <summary>Opens a store. Nothing is sent to the server yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="rows">What is recorded of incoming blobs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public S3MediaStore(S3Options options, IBlobPieces rows, TimeProvider time, ILogger<S3MediaStore> log)
        : this(options, rows, time, log, wrap: null)
    {
    }

    /// <summary>Opens a store whose requests pass through a handler of a test.</summary>
    internal S3MediaStore(
        S3Options options, IBlobPieces rows, TimeProvider time, ILogger<S3MediaStore> log,
        Func<HttpMessageHandler, HttpMessageHandler>? wrap)
    {
        _options = options;
        _context = new S3Context(
            new Bucket(options, new S3Connection(options, time, wrap), time), new BlobKeys(options.Prefix),
            new BlockPool(options.MemoryBudget), rows, time, log);
        _joining = new Joining(_context, options);
        _finishing = new Finishing(_context, options, _joining);
        _unused = new UnusedObjects(_context, IsHeld);
    }

    /// <summary>The memory for bytes that wait, for tests.</summary>
    internal BlockPool Pool => _context.Pool;

    /// <inheritdoc/>
    public BlobId New(long? wholeLength = null)
    {
        var blob = BlobId.NewObject();
        if (wholeLength > 0)
            _whole[blob.Uuid] = new WholeBlob(wholeLength.Value);
        return blob;
    }

    /// <inheritdoc/>
    public async ValueTask<long> SafeLength(
        BlobId incoming, long recorded, CancellationToken cancellation = default)
    {
        Check(incoming);
        if (await _context.Find(incoming, cancellation) is { Pieces.Count: > 0 } pieces)
            return pieces.Length;
        return (await _context.Bucket.Head(_context.Keys.Of(incoming.Uuid), cancellation))?.Length ?? 0;
    }

    /// <inheritdoc/>
    public async ValueTask<IMediaWriter> Append(
        BlobId incoming, long offset, long generation = 0, CancellationToken cancellation = default)
    {
        Check(incoming);
        using var _ = await _locks.Enter(incoming, cancellation);
        var whole = OpenWhole(incoming, offset);
        var absorbed = await Abandon(incoming);
        var record = whole is null
            ? await FindRecord(incoming, generation, cancellation)
            : new BlobRecord(_context, incoming, generation, recorded: null);
        if (generation > 0 && whole is not null)
            whole.MayBeStored = true;
        if (record.Length < offset)
            S3Context.CheckLength(record.Length, offset);
        await record.CutAt(offset, cancellation);
        await record.Delete(absorbed);
        return _writers[incoming.Uuid] = new S3Writer(_context, record, whole?.Length, Released);
    }

    /// <inheritdoc/>
    public async ValueTask<BlobId> Finish(BlobId incoming, long length, CancellationToken cancellation = default)
    {
        Check(incoming);
        using var _ = await _locks.Enter(incoming, cancellation);
        if (_whole.TryGetValue(incoming.Uuid, out var whole))
        {
            S3Context.CheckLength(whole.Length, length);
            whole.MayBeStored = true;
        }
        var writer = _writers.TryGetValue(incoming.Uuid, out var open) && open.TryKeep() ? open : null;
        try
        {
            await _finishing.Finish(incoming, length, writer, cancellation);
        }
        finally
        {
            writer?.Release(); // also after a failure: nobody would come back for its memory
        }
        _whole.TryRemove(incoming.Uuid, out var _);
        return incoming;
    }

    /// <inheritdoc/>
    async ValueTask<BlobId> IJoiningStore.Join(BlobId joined, long length, CancellationToken cancellation)
    {
        var lengths = new Dictionary<BlobId, long>();
        foreach (var part in joined.Parts.Where(part => !lengths.ContainsKey(part)))
            lengths[part] = await SafeLength(part, recorded: 0, cancellation);
        S3Context.CheckLength(joined.Parts.Sum(part => lengths[part]), length);
        await Parallel.ForEachAsync(
            lengths.Where(part => part.Value > 0),
            new ParallelOptions { MaxDegreeOfParallelism = FinishedAtOnce, CancellationToken = cancellation },
            async (part, stop) => await Finish(part.Key, part.Value, stop));
        var made = joined.ToObject();
        using var _ = await _locks.Enter(made, cancellation);
        await _joining.Join(made, [.. joined.Parts.Select(part => (part, lengths[part]))], cancellation);
        return made;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// S3 keeps nothing for a reader. A blob that this process reads is freed when its last reader
    /// is disposed; if another node frees it, reading fails. Of an incoming blob only tails can be
    /// read: S3 lets nobody read the parts of an unfinished multipart upload.
    /// </remarks>
    public async ValueTask<IMediaReader> Read(BlobId blob, CancellationToken cancellation = default)
    {
        Check(blob);
        var source = await SourceOf(blob, cancellation);
        _readers.Enter([blob]);
        return new S3Reader(_context.Bucket, source, () => Leave(blob));
    }

    /// <inheritdoc/>
    public async ValueTask Free(BlobId blob, CancellationToken cancellation = default)
    {
        Check(blob);
        if (_readers.Free(blob))
            await FreeNow(blob, cancellation);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredBlob> Unused(IBlobUse use, CancellationToken cancellation = default) =>
        _unused.List(use, cancellation);

    /// <summary>
    /// A URL with which anybody can read a finished blob for 60 seconds, directly from the server.
    /// The type and the disposition of the answer are part of the signature. Null with SSE-C: its
    /// key would have to be in the hands of the reader.
    /// </summary>
    /// <param name="content">The blob.</param>
    /// <param name="contentType">The answer's <c>Content-Type</c>.</param>
    /// <param name="contentDisposition">The answer's <c>Content-Disposition</c>.</param>
    public async ValueTask<Uri?> ReadUrl(BlobId content, string contentType, string contentDisposition)
    {
        Check(content);
        if (_options.Encryption.Kind == S3EncryptionKind.Customer)
            return null;
        return new Uri(await _context.Bucket.ReadUrl(
            _context.Keys.Of(content.Uuid), s_urlValidFor, contentType, contentDisposition));
    }

    /// <summary>
    /// Marks the bucket and prefix as those of a deployment, if they are not marked yet. A sweep of
    /// another deployment would take all of their objects for orphans.
    /// </summary>
    /// <param name="deployment">The id of the deployment, in ASCII.</param>
    /// <returns>The id of the deployment that has them.</returns>
    /// <exception cref="IOException">The store failed.</exception>
    public async Task<string> Claim(string deployment)
    {
        var key = $"{_options.Prefix}owner";
        if (await _context.Bucket.Head(key, CancellationToken.None) is null)
        {
            using var mark = new Blocks(_context.Pool);
            mark.Add(await _context.Pool.Rent(CancellationToken.None));
            mark.Fill(Encoding.ASCII.GetBytes(deployment));
            await _context.Bucket.Put(key, new Body([], mark), _options.ConditionalPut);
        }
        var found = new ObjectRange(key, 0, deployment.Length);
        using var reader = new StreamReader(await _context.Bucket.Read(found, CancellationToken.None));
        return await reader.ReadToEndAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var writer in _writers.Values)
            writer.Release();
        _context.Bucket.Dispose();
        _context.Pool.Dispose();
    }

    /// <summary>Checks that a blob is of this store.</summary>
    /// <exception cref="ArgumentException">It is of another one.</exception>
    private static void Check(BlobId blob)
    {
        if (blob.Kind != BlobKind.Object)
            throw new ArgumentException("This is not a blob of the S3 store.", nameof(blob));
    }

    private bool IsHeld(BlobId blob) =>
        _readers.IsRead(blob) || (_writers.TryGetValue(blob.Uuid, out var writer) && writer.IsOpen);

    private WholeBlob? OpenWhole(BlobId blob, long offset)
    {
        if (!_whole.TryGetValue(blob.Uuid, out var whole))
            return null;
        if (offset > 0 || !whole.TryOpen())
            throw new IOException("A blob that comes whole is opened once, at its beginning.");
        return whole;
    }

    /// <summary>What is recorded of a blob to which bytes are added.</summary>
    /// <exception cref="IOException">The blob is finished.</exception>
    private async Task<BlobRecord> FindRecord(BlobId blob, long generation, CancellationToken cancellation)
    {
        var recorded = await _context.PiecesOf(generation).Find(blob.Uuid, cancellation);
        if (recorded is not { Pieces.Count: > 0 }
            && await _context.Bucket.Head(_context.Keys.Of(blob.Uuid), cancellation) is not null)
            throw new IOException("This blob is finished: nothing can be added to it.");
        return new BlobRecord(_context, blob, generation, recorded);
    }

    /// <summary>Ends the writer that this process had of a blob.</summary>
    /// <returns>The tails that its parts contain, which nothing needs any more.</returns>
    private async Task<IReadOnlyList<Tail>> Abandon(BlobId blob)
    {
        if (!_writers.TryGetValue(blob.Uuid, out var writer))
            return [];
        await writer.Abandon();
        return writer.Record.Absorbed;
    }

    private void Released(S3Writer writer) =>
        _writers.TryRemove(KeyValuePair.Create(writer.Record.Blob.Uuid, writer));

    private async Task<ReadSource> SourceOf(BlobId blob, CancellationToken cancellation)
    {
        var key = _context.Keys.Of(blob.Uuid);
        if (await _context.Bucket.Head(key, cancellation) is { } found)
            return new ReadSource([new ObjectRange(key, 0, found.Length)]);
        if (await _context.Find(blob, cancellation) is { Pieces.Count: > 0 } pieces)
            return new ReadSource(
                [.. pieces.Pieces.Select(piece => RangeOf(blob, piece))],
                new ReadSource([new ObjectRange(key, 0, pieces.Length)]));
        // It may have been finished between the two questions.
        if (await _context.Bucket.Head(key, cancellation) is { } made)
            return new ReadSource([new ObjectRange(key, 0, made.Length)]);
        throw S3Context.NotFound(blob);
    }

    private ObjectRange RangeOf(BlobId blob, BlobPiece piece) => piece.IsTail
        ? _context.RangeOf(blob.Uuid, Tail.Of(piece))
        : new ObjectRange("", 0, piece.Length);

    private async ValueTask Leave(BlobId blob)
    {
        foreach (var freed in _readers.Leave([blob]))
            await FreeNow(freed, CancellationToken.None);
    }

    private async Task FreeNow(BlobId blob, CancellationToken cancellation)
    {
        using var _ = await _locks.Enter(blob, cancellation);
        await Abandon(blob);
        // A small file that was cut was nowhere but in memory.
        if (!_whole.TryRemove(blob.Uuid, out var whole) || whole.MayBeStored
            || await _context.Local.Find(blob.Uuid, cancellation) is not null)
            await Remove(blob, cancellation);
    }

    /// <summary>Removes everything that the bucket and the rows have of a blob.</summary>
    private async Task Remove(BlobId blob, CancellationToken cancellation)
    {
        var key = _context.Keys.Of(blob.Uuid);
        var objects = await _context.Bucket.List(key, cancellation).Select(one => one.Key).ToListAsync(cancellation);
        var recorded = await _context.Find(blob, cancellation);
        if (recorded?.MultipartUpload is { } upload)
            await _context.Bucket.Abort(new MultipartName(key, upload), cancellation);
        else if (recorded is null && !objects.Contains(key))
            await AbortAll(key, cancellation);
        foreach (var one in objects)
            await _context.Bucket.Delete(one, cancellation);
        await _context.Local.Forget(blob.Uuid);
        await _context.Rows.Forget(blob.Uuid);
    }

    /// <summary>
    /// Aborts multipart uploads that nothing names. To look for them takes a server long, so that
    /// is left to the sweep for a blob of which something is known.
    /// </summary>
    private async Task AbortAll(string key, CancellationToken cancellation)
    {
        await foreach (var upload in _context.Bucket.ListUploads(key, cancellation))
            await _context.Bucket.Abort(upload, cancellation);
    }

    /// <summary>A blob that comes whole.</summary>
    private sealed class WholeBlob(long length)
    {
        private int _opened;

        public long Length => length;

        /// <summary>Whether something of it may be in the bucket.</summary>
        public bool MayBeStored { get; set; }

        public bool TryOpen() => Interlocked.Exchange(ref _opened, 1) == 0;
    }
}

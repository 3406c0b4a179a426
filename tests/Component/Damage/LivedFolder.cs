using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansIngest.Grains;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Salvage.Checks;
using OrleansIngest.Storage;
using OrleansIngest.Storage.Disk;
using OrleansIngest.Storage.Disk.Files;
using OrleansIngest.Storage.Joined;
using OrleansIngest.Storage.Sqlite;

namespace OrleansIngest.Component.Tests.Damage;

/// <summary>
/// A data folder in which jobs have lived: their events are real, and so
/// are the bytes of their media.
/// </summary>
internal sealed class LivedFolder : IDisposable
{
    public const string Roof = "roof-7";
    public const string Cellar = "cellar";
    public const string Attic = "attic";

    public static readonly DateTimeOffset Morning = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, Job> _jobs = [];
    private SqliteStorage? _storage;
    private JoinedMediaStore? _store;

    public string Path => _folder.Path;

    public string Database => SqliteStorage.PathIn(Path);

    public string Log => Database + "-wal";

    /// <summary>Two jobs with all that can happen to media, closed as it should be.</summary>
    public static async Task<LivedFolder> Make()
    {
        var folder = new LivedFolder();
        await folder.Live();
        folder.Close();
        return folder;
    }

    /// <summary>The same as a killed process leaves it: all of it is in the log.</summary>
    public static async Task<LivedFolder> MakeUnclosed()
    {
        using var living = new LivedFolder();
        await living.Live();
        return living.Copy(); // what the kernel has of the files at this moment
    }

    /// <summary>
    /// A job with a media that was joined, and an upload that waits for its parts: one that is
    /// there in part, and one that is whole. Another job has but a partial upload.
    /// </summary>
    public static async Task<LivedFolder> MakeJoined()
    {
        var folder = new LivedFolder();
        folder.Open();
        await folder.Join(
            Attic, 1, BlobId.Join([await folder.Write(Bytes(1)[..7]), await folder.Write(Bytes(1)[7..])]));
        BlobId[] parts = [await folder.Write(Bytes(2)[..30]), await folder.Write(Bytes(2)[30..50])];
        await folder.Start(Attic, 2, BlobId.Join(parts), "final;/a /b");
        await folder.OpenPartial(Attic, 3, parts[0], 30);
        await folder.OpenPartial("porch", 4, parts[1], 100);
        await folder.Fail(Attic, 5);
        folder.Close();
        return folder;
    }

    /// <summary>An empty folder that knows the same jobs.</summary>
    public LivedFolder Empty()
    {
        var empty = new LivedFolder();
        foreach (var (job, lived) in _jobs)
            empty._jobs.Add(job, lived);
        return empty;
    }

    public LivedFolder Copy()
    {
        var copy = Empty();
        foreach (var file in Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories))
        {
            var path = System.IO.Path.Combine(copy.Path, System.IO.Path.GetRelativePath(Path, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
        return copy;
    }

    public static Guid Media(int number) => new(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, (byte)number);

    /// <summary>That of the third is longer than two pages of the database.</summary>
    public static string RawMetadata(int media) => $"filename {new string('x', media == 3 ? 9000 : 3)}{media}";

    public static byte[] Bytes(int content) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"picture {content} ", 20)));

    public CheckReport Check(Durability durability = Durability.Disk) => DatabaseCheck.Everything(Database, durability);

    public CheckReport CheckAsAtStart(Action<CheckProgress>? progress = null) =>
        DatabaseCheck.BeforeStart(Database, Durability.Disk, progress ?? (_ => { }));

    /// <summary>Changes the file behind the server's back.</summary>
    public void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Changes bytes of a file.</summary>
    public static void Write(string path, long offset, byte[] bytes)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = offset;
        file.Write(bytes);
    }

    /// <summary>Where the bytes of a stored media are.</summary>
    public string FileOf(string job, int media) => FileOf(_jobs[job].Find(Media(media))!.Content!);

    /// <summary>Where the bytes of a finished file are.</summary>
    public string FileOf(BlobId file) =>
        System.IO.Path.Combine(Path, "media", $"{file}"[^2..], $"{file}"[^4..^2], $"{file}");

    /// <summary>Everything about its files, to see whether they were touched.</summary>
    public IReadOnlyList<string> Fingerprint() =>
    [
        .. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path: file, Hash: SHA256.HashData(File.ReadAllBytes(file))))
            .Select(file => $"{file.Path} {File.GetLastWriteTimeUtc(file.Path):O} {Convert.ToHexString(file.Hash)}"),
    ];

    /// <summary>What media were in a job before anything was damaged.</summary>
    public IEnumerable<Media> MediaOf(string job) => _jobs[job].Order.Select(id => _jobs[job].Find(id)!);

    public void Dispose()
    {
        Close();
        _folder.Dispose();
    }

    /// <summary>The blobs that a media of <see cref="Attic"/> is made of.</summary>
    public IReadOnlyList<BlobId> PartsOf(int media) => _jobs[Attic].Find(Media(media))!.Content!.Parts;

    /// <summary>How many bytes are in a file that is not finished.</summary>
    public long LengthOf(BlobId file) =>
        new FileInfo(System.IO.Path.Combine(Path, "incoming", $"{file}"[^2..], $"{file}")).Length;

    private void Open()
    {
        _storage = new SqliteStorage(new SqliteStorageOptions { Folder = Path });
        _store = new JoinedMediaStore(
            new DiskMediaStore(new DiskMediaStoreOptions { Folder = Path }, NullLogger<DiskMediaStore>.Instance));
    }

    private void Close()
    {
        _storage?.Dispose();
        _store?.Dispose();
        (_storage, _store) = (null, null);
    }

    private async Task Live()
    {
        Open();
        await Upload(Roof, 1, content: 1); // events 1 and 2
        await Upload(Roof, 2, content: 1); // a duplicate: 3 and 4
        await Start(Roof, 3, await Write(Bytes(3)[..30])); // open: 5
        await Upload(Cellar, 1, content: 1);
        await Fail(Roof, 4); // 6 and 7
        await Upload(Roof, 5, content: 5); // 8 and 9
        await Delete(Roof, 6); // in advance: 10
        await Upload(Roof, 7, content: 5); // a duplicate: 11 and 12
        await Delete(Roof, 5); // and its duplicate is promoted: 13 and 14
        await Upload(Roof, 8, content: 8); // 15 and 16
        await Damage(Roof, 8); // 17
        await Upload(Cellar, 2, content: 2);
        await Upload(Roof, 9, content: 9); // 18 and 19
    }

    private async Task Upload(string job, int media, int content) =>
        await Complete(job, media, content, await Write(Bytes(content)));

    private Task Join(string job, int media, BlobId joined) => Complete(job, media, media, joined);

    private async Task Complete(string job, int media, int content, BlobId incoming)
    {
        await Start(job, media, incoming);
        var stored = await _store!.Finish(incoming, Bytes(content).Length);
        var reply = await Do(job, lived => lived.Decide(new CompleteUpload
        {
            Media = Media(media),
            Incoming = incoming,
            Content = stored,
            Length = Bytes(content).Length,
            Sha256 = Sha256Hash.FromBytes(SHA256.HashData(Bytes(content))),
            MediaType = "image/jpeg",
        }, Morning.AddMinutes(media)));
        foreach (var unneeded in reply.Unneeded)
            await _store.Free(unneeded);
    }

    private async Task Start(string job, int media, BlobId incoming, string concat = "") =>
        await Do(job, lived => lived.Decide(new CreateUpload
        {
            Media = Media(media),
            Device = $"phone-{media}",
            Description = new MediaDescription { Filename = $"IMG_{media}.jpg", Section = "north" },
            Incoming = incoming,
            RawMetadata = RawMetadata(media),
            Concat = concat,
        }, Morning.AddMinutes(media)));

    private Task OpenPartial(string job, int id, BlobId incoming, long length) =>
        _storage!.Uploads.OpenPartial(new UploadRow
        {
            Job = job,
            Media = Media(id),
            Incoming = incoming,
            Device = "",
            Length = length,
            RawMetadata = "",
            LastByteAt = TimeSpan.FromHours(3),
            DurableOffset = 20,
            Concat = UploadRow.Partial,
        });

    private async Task Fail(string job, int media)
    {
        var incoming = _store!.New();
        await Start(job, media, incoming);
        var failure = new UploadFailure(FailureReason.Terminated, "The client gave it up.", Retryable: true);
        await Do(job, lived =>
            lived.Decide(new FailUpload { Media = Media(media), Incoming = incoming, Failure = failure }, Morning));
    }

    private async Task Delete(string job, int media) =>
        await Do(job, lived => lived.Decide(new DeleteMedia { Media = Media(media) }, Morning));

    private async Task Damage(string job, int media)
    {
        var damaged = _jobs[job].Find(Media(media))!;
        File.WriteAllText(FileOf(job, media), "rotten");
        await Do(job, lived => lived.Decide(
            new ReportBytes { Content = damaged.Content!, Sha256 = damaged.Sha256!.Value, Damage = "It is rotten." },
            Morning));
    }

    private async Task<BlobId> Write(byte[] bytes)
    {
        var incoming = _store!.New();
        await using var writer = await _store.Append(incoming, 0);
        await writer.Write(new ReadOnlySequence<byte>(bytes));
        await writer.Sync();
        return incoming;
    }

    /// <summary>Decides, and stores what follows as a job's grain would.</summary>
    private async Task<TReply> Do<TReply>(string key, Func<Job, Decision<TReply>> decide)
    {
        var job = _jobs.TryGetValue(key, out var known) ? known : _jobs[key] = new Job(key);
        var expected = job.Head.Seq;
        var decision = decide(job);
        var changes = decision.Events.Select(job.Apply).ToList();
        var changed = changes.SelectMany(change => change.Media)
            .Select(media => job.Find(media.Id)!).DistinctBy(media => media.Id).ToList();
        var outcome = await _storage!.Journal.Append(new JournalAppend
        {
            Job = key,
            ExpectedSeq = expected,
            Rows = [.. decision.Events.Select(fact => fact.Row)],
            Media = changed,
            Derived = [.. changes.SelectMany(change => change.Derived)],
            Opened = decision.Opened is { } opened ? [opened] : [],
            Closed = [.. changed.Where(media => media.Status != MediaStatus.Open).Select(media => media.Id)],
            Work =
            [
                .. decision.Events.Where(fact => fact.Public.MediaStored is not null)
                    .Select(fact => new WorkItem(WorkKinds.Process, key, fact.Subject.MediaId)),
            ],
            JobRow = job.Row,
        });
        Assert.True(outcome.IsStored);
        return decision.Reply;
    }
}

/// <summary>Folders for the tests of a class: each takes a copy and damages it.</summary>
public sealed class LivedFolders : IAsyncLifetime
{
    private LivedFolder? _closed;
    private LivedFolder? _unclosed;

    public async ValueTask InitializeAsync() =>
        (_closed, _unclosed) = (await LivedFolder.Make(), await LivedFolder.MakeUnclosed());

    public ValueTask DisposeAsync()
    {
        _closed?.Dispose();
        _unclosed?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal LivedFolder Closed() => _closed!.Copy();

    internal LivedFolder Unclosed() => _unclosed!.Copy();
}

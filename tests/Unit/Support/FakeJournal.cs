using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Unit.Tests.Support;

/// <summary>
/// A journal in memory that does what the port promises, unless a test says
/// what happens to the next calls.
/// </summary>
internal sealed class FakeJournal : IJournal, IJobIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoredJob> _jobs = [];

    public Calls<AppendOutcome> Appends { get; } = new();

    public Calls<JobSnapshot> Loads { get; } = new();

    public Calls<IReadOnlyList<JournalRow>> Reads { get; } = new();

    /// <summary>What was appended, in order.</summary>
    public List<JournalAppend> Committed { get; } = [];

    /// <summary>Appends that no journal could store: whoever finds one has found a bug.</summary>
    public List<string> Broken { get; } = [];

    public Task<JobSnapshot> Load(string job, CancellationToken cancellation = default) =>
        Loads.Make(() => Snapshot(job));

    public Task<AppendOutcome> Append(JournalAppend append) => Appends.Make(() => Commit(append));

    /// <summary>An event that is not what was stored.</summary>
    public (string Job, long Seq) Damaged { get; set; }

    public Task<IReadOnlyList<JournalRow>> Read(
        string job, long after, int limit, CancellationToken cancellation = default) =>
        Reads.Make(() => Intact(job, after, Rows(job, after, limit)));

    public Task<IReadOnlyList<JobRow>> List(string after, int limit, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            var rows = _jobs.Values.Select(stored => stored.Row).OfType<JobRow>()
                .Where(row => string.CompareOrdinal(row.Job, after) > 0)
                .OrderBy(row => row.Job, StringComparer.Ordinal);
            return Task.FromResult<IReadOnlyList<JobRow>>([.. rows.Take(limit)]);
        }
    }

    /// <summary>Where the job's event with this seq is.</summary>
    public Position At(string job, long seq) => seq == 0 ? default : Rows(job, seq - 1, 1)[0].Event.At;

    public JobSnapshot Snapshot(string job) => Locked(job, stored => stored.Snapshot);

    public List<JobEvent> Events(string job) => [.. Rows(job, 0, int.MaxValue).Select(JobEvent.Decode)];

    /// <summary>The job that a replay of its first events gives.</summary>
    public Job Replay(string job, long head)
    {
        var replayed = new Job(job);
        foreach (var row in Rows(job, 0, (int)head))
            replayed.Apply(JobEvent.Decode(row));
        return replayed;
    }

    /// <summary>Uploads that another node has taken over.</summary>
    public HashSet<UploadFence> TakenOver { get; } = [];

    public AppendOutcome Commit(JournalAppend append) => Locked(append.Job, stored =>
    {
        if (StoredJob.Flaw(append) is { } flaw)
            Broken.Add(flaw);
        if (append.Fences.Where(TakenOver.Contains).ToList() is { Count: > 0 } stale)
            return new AppendOutcome(IsStored: false, stale);
        if (!stored.Add(append))
            return AppendOutcome.Conflict;
        Committed.Add(append);
        return AppendOutcome.Stored;
    });

    private List<JournalRow> Intact(string job, long after, IReadOnlyList<JournalRow> rows)
    {
        var intact = rows.TakeWhile(row => (job, row.Event.Seq) != Damaged).ToList();
        return intact.Count > 0 || rows.Count == 0 ? intact : throw new JournalDamagedException(job, after + 1);
    }

    private IReadOnlyList<JournalRow> Rows(string job, long after, int limit) =>
        Locked(job, stored => (IReadOnlyList<JournalRow>)[.. stored.Rows.Skip((int)after).Take(limit)]);

    private T Locked<T>(string job, Func<StoredJob, T> use)
    {
        lock (_lock)
        {
            if (!_jobs.TryGetValue(job, out var stored))
                _jobs[job] = stored = new StoredJob();
            return use(stored);
        }
    }
}

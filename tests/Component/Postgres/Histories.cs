using System.Collections.Concurrent;
using OrleansIngest.Component.Tests.Contracts;
using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.Postgres;

namespace OrleansIngest.Component.Tests.Postgres;

/// <summary>
/// Appends to some jobs as <c>JobLog</c> does: after a conflict or an unknown outcome it looks what
/// is stored, and decides again. It remembers what was acknowledged.
/// </summary>
internal sealed class Histories(int jobs, int appends)
{

    private readonly ConcurrentDictionary<(string Job, string What), bool> _acknowledged = new();
    private int _failures;

    public IReadOnlyList<string> Jobs { get; } = [.. Enumerable.Range(0, jobs).Select(i => $"job-{i}")];

    /// <summary>How many appends were acknowledged.</summary>
    public int Acknowledged => _acknowledged.Count;

    /// <summary>How often the journal could not be used.</summary>
    public int Failures => _failures;

    /// <summary>Appends events to a job, each until it is stored.</summary>
    public async Task Append(PostgresStorage node, string job, string writer)
    {
        for (var i = 0; i < appends; i++)
        {
            var what = $"{writer}, {i}";
            while (!await TryAppend(node.Journal, job, what))
                await Task.Yield(); // at once: the writers should meet
            _acknowledged[(job, what)] = true;
        }
    }

    /// <summary>Waits until so many appends were acknowledged.</summary>
    public Task Reach(int acknowledged) => Eventually.True(() => Acknowledged >= acknowledged);

    /// <summary>
    /// Checks that each job has what was acknowledged, once, with derived rows that belong to it,
    /// and nothing else.
    /// </summary>
    public async Task MustBeIn(PostgresStorage node)
    {
        foreach (var job in Jobs)
        {
            var rows = await node.Journal.Read(job, 0, int.MaxValue).Soon();
            var snapshot = await node.Journal.Load(job).Soon();
            var wanted = _acknowledged.Keys.Where(one => one.Job == job).Select(one => one.What);
            Assert.Equal(wanted.Order(StringComparer.Ordinal), rows.Select(Sample.What).Order(StringComparer.Ordinal));
            Assert.Equal(Enumerable.Range(1, rows.Count), rows.Select(row => (int)row.Event.Seq));
            Assert.Equal(rows.Count, snapshot.Row!.Head.Seq);
            Assert.Equal(
                rows.Select(row => $"{row.Event.Seq}").Order(), snapshot.Derived.Select(row => row.Key).Order());
        }
    }

    private async Task<bool> TryAppend(IJournal journal, string job, string what)
    {
        try
        {
            var head = await journal.Head(job);
            if ((await journal.Read(job, 0, int.MaxValue)).Any(row => Sample.What(row) == what))
                return true; // the outcome was unknown, and it was stored
            var append = Sample.Append(job, head, what);
            var derived = new DerivedRow("seq", $"{head + 1}", new byte[] { 1 });
            return (await journal.Append(append with { Derived = [derived] })).IsStored;
        }
        catch (JournalException)
        {
            Interlocked.Increment(ref _failures);
            return false;
        }
    }
}

using Npgsql;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Storage.Postgres;

/// <summary>
/// Appends of several jobs that share a transaction and one round trip. The first statements lock
/// the jobs and compare heads and fences. What agrees gets the id of the transaction into its row
/// of <c>jobs</c>, and the statements after it act only for those jobs. So a conflict leaves the
/// others alone, and needs neither a savepoint nor a second try.
/// </summary>
internal sealed class AppendGroup(IReadOnlyCollection<JournalAppend> appends)
{
    /// <summary>
    /// Joins rows <c>a</c> with the jobs that the transaction <c>$1</c> appends to.
    /// </summary>
    public const string OfAppended = "JOIN jobs ON jobs.job = a.job AND jobs.appended_in = $1";

    private readonly List<JournalAppend> _new = [.. appends.Where(append => append.ExpectedSeq == 0)];
    private readonly List<JournalAppend> _known = [.. appends.Where(append => append.ExpectedSeq != 0)];
    private readonly List<UploadFence> _fences = [.. appends.SelectMany(append => append.Fences)];

    /// <summary>The statements of a transaction.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Statements()
    {
        var transaction = Guid.NewGuid();
        List<NpgsqlBatchCommand> statements = [JobTable.Lock(appends)];
        AddIfAny(statements, _fences, UploadTable.Lock);
        AddIfAny(statements, _new, rows => JobTable.Add(rows, transaction));
        AddIfAny(statements, _known, rows => JobTable.Move(rows, transaction));
        AddIfAny(statements, Each(append => append.Rows), rows => JournalTable.Put(rows, transaction));
        AddMedia(statements, transaction);
        AddDerived(statements, transaction);
        AddUploads(statements, transaction);
        AddIfAny(
            statements, [.. appends.SelectMany(append => append.Work)], items => WorkTable.Add(items, transaction));
        return statements;
    }

    /// <summary>Reads what became of the appends, in their order.</summary>
    public async Task<IReadOnlyList<Func<AppendOutcome>>> Read(Results results)
    {
        var heads = (await results.All(JobTable.ReadHead)).ToDictionary(head => head.Job, StringComparer.Ordinal);
        var valid = _fences.Count == 0 ? [] : await results.All(row => (row.Text(), row.Uuid()));
        var stored = new HashSet<string>(StringComparer.Ordinal);
        if (_new.Count > 0)
            stored.UnionWith(await results.All(row => row.Text()));
        if (_known.Count > 0)
            stored.UnionWith(await results.All(row => row.Text()));
        return [.. appends.Select(append => Outcome(append, heads.GetValueOrDefault(append.Job), stored, [.. valid]))];
    }

    private static Func<AppendOutcome> Outcome(
        JournalAppend append, JobHead head, HashSet<string> stored, HashSet<(string, Guid)> valid) => () =>
    {
        if (stored.Contains(append.Job))
            return AppendOutcome.Stored;
        JournalFormat.Check(append.Job, head.Format);
        return head.Seq != append.ExpectedSeq
            ? AppendOutcome.Conflict
            : new AppendOutcome(
                IsStored: false, [.. append.Fences.Where(fence => !valid.Contains((fence.Job, fence.Media)))]);
    };

    private void AddMedia(List<NpgsqlBatchCommand> statements, Guid transaction)
    {
        var media = Each(append => Last(append.Media, one => one.Id));
        AddIfAny(statements, media, rows => MediaTable.Put(rows, transaction));
        AddIfAny(statements, PartTable.Of(media), rows => PartTable.Put(rows, transaction));
    }

    private void AddDerived(List<NpgsqlBatchCommand> statements, Guid transaction)
    {
        var rows = Each(append => Last(append.Derived, row => (row.Kind, row.Key)));
        AddIfAny(statements, [.. rows.Where(a => a.Row.Value is not null)], put => DerivedTable.Put(put, transaction));
        AddIfAny(statements, [.. rows.Where(a => a.Row.Value is null)], old => DerivedTable.Remove(old, transaction));
    }

    private void AddUploads(List<NpgsqlBatchCommand> statements, Guid transaction)
    {
        List<UploadRow> opened = [.. appends.SelectMany(Opened)];
        var closed = Each(append => append.Closed);
        var parts = AwaitedTable.Of(opened);
        IReadOnlyCollection<OfJob<Guid>> replaced = [.. closed, .. opened.Select(u => new OfJob<Guid>(u.Job, u.Media))];
        AddIfAny(statements, parts, AwaitedTable.Hold);
        AddIfAny(statements, closed, rows => UploadTable.Remove(rows, transaction));
        AddIfAny(statements, opened, rows => UploadTable.Put(rows, transaction));
        AddIfAny(statements, replaced, rows => AwaitedTable.Remove(rows, transaction));
        AddIfAny(statements, parts, rows => AwaitedTable.Put(rows, transaction));
    }

    private static IEnumerable<UploadRow> Opened(JournalAppend append) =>
        Last(append.Opened, upload => upload.Media).Where(upload => !append.Closed.Contains(upload.Media));

    private List<OfJob<T>> Each<T>(Func<JournalAppend, IEnumerable<T>> rows) =>
        [.. appends.SelectMany(append => rows(append).Select(row => new OfJob<T>(append.Job, row)))];

    // One statement cannot write the same row twice.
    private static IEnumerable<T> Last<T, TKey>(IReadOnlyList<T> rows, Func<T, TKey> key) =>
        rows.Count < 2 ? rows : rows.Reverse().DistinctBy(key);

    private static void AddIfAny<T>(
        List<NpgsqlBatchCommand> statements, IReadOnlyCollection<T> rows,
        Func<IReadOnlyCollection<T>, NpgsqlBatchCommand> statement)
    {
        if (rows.Count > 0)
            statements.Add(statement(rows));
    }
}

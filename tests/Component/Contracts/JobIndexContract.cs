namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What every list of jobs promises.</summary>
public abstract class JobIndexContract : IDisposable
{
    private readonly IJournalData _data;
    private readonly Node _node;

    protected JobIndexContract(IJournalData data) => (_data, _node) = (data, data.Open());

    public void Dispose()
    {
        _data.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Jobs_are_listed_in_ordinal_order_page_by_page()
    {
        string[] jobs = ["a", "B", "b", "a-1", "a.1", "a_1", "a1", "10", "9", "Z", "z"];
        await Task.WhenAll(jobs.Select(job => _node.Journal.Append(Sample.Append(job, 0)))).Soon();

        var listed = new List<string>();
        for (var after = ""; listed.Count < jobs.Length; after = listed[^1])
            listed.AddRange((await _node.Jobs.List(after, 4).Soon()).Select(row => row.Job));

        Assert.Equal(jobs.Order(StringComparer.Ordinal), listed);
        Assert.Empty(await _node.Jobs.List("z", 4).Soon());
    }

    [Fact]
    public async Task A_job_is_listed_with_its_last_row()
    {
        await _node.Journal.Append(Sample.Append("roof", 0)).Soon();
        var second = Sample.Append("roof", 1);
        await _node.Journal.Append(second).Soon();

        Assert.Equal(second.JobRow, Assert.Single(await _node.Jobs.List("", 10).Soon()));
    }

    [Fact]
    public async Task A_job_that_lost_a_race_is_not_listed_twice_or_changed()
    {
        var first = Sample.Append("roof", 0);
        await _node.Journal.Append(first).Soon();
        await _node.Journal.Append(first with { JobRow = first.JobRow with { Counts = default } }).Soon();

        Assert.Equal(first.JobRow, Assert.Single(await _node.Jobs.List("", 10).Soon()));
    }
}

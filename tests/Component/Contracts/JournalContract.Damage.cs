using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>What is not what was stored is not given out; everything else is.</summary>
public abstract partial class JournalContract
{
    [Fact]
    public async Task A_changed_event_is_named_and_not_given_out()
    {
        await Journal.Append(Sample.Append("roof", 0, events: 5)).Soon();
        await Journal.Append(Sample.Append("cellar", 0)).Soon();
        _data.ChangeEvent("roof", 3);

        await MustBeNamed("roof", 3);
        Assert.Equal([4, 5], (await Journal.Read("roof", 3, 10).Soon()).Select(row => row.Event.Seq));
        Assert.Single(await Journal.Read("cellar", 0, 10).Soon());
        Assert.True((await Journal.Append(Sample.Append("roof", 5)).Soon()).IsStored);
    }

    [Fact]
    public async Task A_missing_event_is_named_and_not_passed_over()
    {
        await Journal.Append(Sample.Append("roof", 0, events: 5)).Soon();
        _data.LoseEvent("roof", 3);

        await MustBeNamed("roof", 3);
    }

    [Fact]
    public async Task An_event_belongs_to_its_seq()
    {
        await Journal.Append(Sample.Append("roof", 0, events: 3)).Soon();
        _data.LoseEvent("roof", 3);
        _data.MoveEvent("roof", 2, 3);

        await MustBeNamed("roof", 2);
        await Assert.ThrowsAsync<JournalDamagedException>(() => Journal.Read("roof", 2, 10).Soon());
    }

    /// <summary>What lies before it is given out, and then no more.</summary>
    private async Task MustBeNamed(string job, long damaged)
    {
        Assert.Equal(
            Enumerable.Range(1, (int)damaged - 1),
            (await Journal.Read(job, 0, 10).Soon()).Select(row => (int)row.Event.Seq));
        var refusal = await Assert.ThrowsAsync<JournalDamagedException>(() =>
            Journal.Read(job, damaged - 1, 10).Soon());
        Assert.Contains($"Event {damaged} of job {job} is damaged", refusal.Message, StringComparison.Ordinal);
    }
}

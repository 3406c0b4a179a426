using OrleansIngest.Grains.Ports;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Log;

/// <summary>Rows that follow from events are in the append of their events.</summary>
public sealed class DerivedRowTests : JobLogFixture
{
    private readonly Writer _writer;

    public DerivedRowTests() => _writer = new Writer(Journal, Feed, Time, OpenByDevice.Projections);

    [Fact]
    public void An_append_without_rows_costs_no_list()
    {
        Answer(Log.Create(1, "a"));

        Assert.Same(Array.Empty<DerivedRow>(), Assert.Single(Journal.Committed).Derived);
    }

    [Fact]
    public void Rows_are_appended_with_their_events()
    {
        Answer(_writer.Create(1, "a"));
        Answer(_writer.Fail(1, "a"));

        Assert.Equal([["open phone-1: 1"], ["open phone-1: none"]], Appended());
        Assert.Empty(Journal.Snapshot(Some.Job).Derived);
    }

    [Fact]
    public void Of_a_row_that_a_group_changes_twice_the_last_version_is_appended()
    {
        Journal.Appends.Next(Gate.Hold);
        var first = _writer.Create(1, "a");
        Task[] group = [_writer.Create(2, "b"), _writer.Create(3, "c")];
        Gate.Open();
        _writer.Turns.RunAll();

        Answer(first);
        Assert.All(group, reply => Assert.True(reply.IsCompletedSuccessfully));
        Assert.Equal([["open phone-1: 1"], ["open phone-1: 3"]], Appended());
    }

    [Fact]
    public void After_a_conflict_rows_are_derived_anew()
    {
        Answer(_writer.Create(1, "a"));
        var other = new Writer(Journal, Feed, Time, OpenByDevice.Projections);
        Answer(other.Create(2, "b"));

        Answer(_writer.Create(3, "c"));

        Assert.Equal(["open phone-1: 3"], OpenByDevice.Read(Journal.Snapshot(Some.Job).Derived));
    }

    private IEnumerable<IEnumerable<string>> Appended() =>
        Journal.Committed.Select(append => OpenByDevice.Read(append.Derived));
}

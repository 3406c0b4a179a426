using System.Text;
using OrleansIngest.Grains.Ports;

namespace OrleansIngest.Component.Tests.Contracts;

/// <summary>
/// Rows whose meaning the journal does not know are kept with the events that they follow from.
/// </summary>
public abstract partial class JournalContract
{
    [Fact]
    public async Task Derived_rows_are_loaded_as_they_were_appended()
    {
        await Append("roof", 0,
            Derived("session", "view-1", "first"),
            Derived("session", "view-2", ""),
            Derived("person", "view-1", "Ümit 屋根 \0"));

        Assert.Equal(
            ["person/view-1=Ümit 屋根 \0", "session/view-1=first", "session/view-2="],
            await LoadDerived("roof"));
    }

    [Fact]
    public async Task A_changed_derived_row_replaces_the_one_with_its_kind_and_key()
    {
        await Append("roof", 0, Derived("session", "view-1", "first"), Derived("person", "view-1", "other"));
        await Append("roof", 1, Derived("session", "view-1", "second"));

        Assert.Equal(["person/view-1=other", "session/view-1=second"], await LoadDerived("roof"));
    }

    [Fact]
    public async Task A_derived_row_without_a_value_is_removed()
    {
        await Append("roof", 0, Derived("session", "view-1", "first"), Derived("person", "view-1", "other"));
        await Append("roof", 1, Derived("session", "view-1", null), Derived("session", "never there", null));

        Assert.Equal(["person/view-1=other"], await LoadDerived("roof"));
    }

    [Fact]
    public async Task Jobs_do_not_see_each_others_derived_rows()
    {
        await Append("roof", 0, Derived("session", "view-1", "of the roof"));
        await Append("roof-2", 0, Derived("session", "view-1", "of the other"));
        await Append("roof-2", 1, Derived("session", "view-1", null));

        Assert.Equal(["session/view-1=of the roof"], await LoadDerived("roof"));
        Assert.Empty(await LoadDerived("roof-2"));
    }

    [Fact]
    public async Task An_append_that_expects_another_seq_changes_no_derived_row()
    {
        await Append("roof", 0, Derived("session", "view-1", "first"));

        var late = Sample.Append("roof", 0) with
        {
            Derived = [Derived("session", "view-1", null), Derived("session", "view-2", "late")],
        };
        Assert.False((await Journal.Append(late).Soon()).IsStored);

        Assert.Equal(["session/view-1=first"], await LoadDerived("roof"));
    }

    [Fact]
    public async Task Derived_rows_are_there_after_a_restart()
    {
        await Append("roof", 0, Derived("session", "view-1", "kept"));
        _node.Dispose();

        var snapshot = await _data.Open().Journal.Load("roof").Soon();
        Assert.Equal(["session/view-1=kept"], Texts(snapshot));
    }

    private async Task Append(string job, long expected, params DerivedRow[] rows) =>
        Assert.True((await Journal.Append(Sample.Append(job, expected) with { Derived = rows }).Soon()).IsStored);

    private async Task<List<string>> LoadDerived(string job) => Texts(await Journal.Load(job).Soon());

    private static List<string> Texts(JobSnapshot snapshot) =>
    [
        .. snapshot.Derived.Select(row => $"{row.Kind}/{row.Key}={Encoding.UTF8.GetString(row.Value!.Value.Span)}")
            .Order(StringComparer.Ordinal),
    ];

    private static DerivedRow Derived(string kind, string key, string? value) =>
        new(kind, key, value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value));
}

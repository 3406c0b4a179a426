using OrleansIngest.Grains.Devices;
using OrleansIngest.Grains.Jobs;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs;

/// <summary>Pages of a job's media: every media once, in order, whatever the page's size.</summary>
public sealed class MediaPageTests
{
    private readonly LivedJob _job = new();
    private readonly Announcements _announced = new();

    /// <summary>Media 1 to 6, of which 5 is deleted, and the announced files 7 to 9.</summary>
    public MediaPageTests()
    {
        foreach (var media in Enumerable.Range(1, 6))
        {
            var section = media < 3 ? "roof" : "yard";
            _job.Do(Some.Create(media, $"blob-{media}") with { Description = new() { Section = section } });
        }
        _job.Do(Some.Delete(5));
        _announced.Apply(new QueueReport
        {
            Device = "phone-2",
            Revision = 1,
            At = Some.Morning,
            Files = [.. new[] { 9, 7, 8 }.Select(media => new QueuedFile
            {
                Job = Some.Job,
                Media = Some.Media(media),
                State = QueueState.Pending,
                Section = media == 7 ? "roof" : "",
            })],
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(100)]
    public void Pages_of_any_size_hold_all_media_once_and_announced_ones_last(int size) =>
        Assert.Equal([1, 2, 3, 4, 6, 7, 8, 9], Numbers(new MediaQuery { Limit = size }));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void A_section_is_listed_without_the_others(int size) =>
        Assert.Equal([1, 2, 7], Numbers(new MediaQuery { Limit = size, Section = "roof" }));

    [Fact]
    public void A_device_is_listed_without_the_others()
    {
        Assert.Equal([7, 8, 9], Numbers(new MediaQuery { Limit = 2, Device = "phone-2" }));
        Assert.Equal([1, 2, 3, 4, 6], Numbers(new MediaQuery { Limit = 2, Device = "phone-1" }));
        Assert.Empty(Numbers(new MediaQuery { Limit = 2, Session = "none" }));
    }

    [Fact]
    public void States_are_listed_without_the_others() =>
        Assert.Equal(
            [5, 7, 8, 9],
            Numbers(new MediaQuery { Limit = 3, States = [ViewState.Announced, ViewState.Deleted] }));

    [Fact]
    public void A_page_says_as_of_which_event_it_is() =>
        Assert.Equal(_job.Job.Head, Page(new MediaQuery { Limit = 1 }).AsOf);

    private List<int> Numbers(MediaQuery query)
    {
        var numbers = new List<int>();
        for (int? next = 0; next is { } start;)
        {
            var page = Page(query with { Start = start });
            Assert.InRange(page.Media.Count, 0, query.Limit);
            Assert.True(page.Next is null || page.Next > start, "A page leads back.");
            Assert.True(numbers.Count < 20, "The pages never end.");
            numbers.AddRange(page.Media.Select(view => Some.Number(view.Media?.Id ?? view.Announced!.Media)));
            next = page.Next;
        }
        return numbers;
    }

    private MediaPage Page(MediaQuery query) =>
        new MediaLister(_job.Job, new LiveUploads(), _announced, Some.Morning).Page(query);
}

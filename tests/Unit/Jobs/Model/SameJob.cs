using OrleansIngest.Grains.Jobs;
using OrleansIngest.Grains.Model;
using OrleansIngest.Unit.Tests.Support;

namespace OrleansIngest.Unit.Tests.Jobs.Model;

/// <summary>Two jobs are the same if nothing that can be asked of them differs.</summary>
internal static class SameJob
{
    public static void Check(Job expected, Job actual)
    {
        Assert.Equal(expected.Row, actual.Row);
        Assert.Equal(expected.OpenBytes, actual.OpenBytes);
        Assert.Equal(All(expected), All(actual));
        Assert.Equal(Derived(expected), Derived(actual));
        foreach (var media in All(expected))
        {
            Assert.Equal(expected.DuplicatesOf(media.Id), actual.DuplicatesOf(media.Id));
            if (media.Sha256 is { } hash)
                Assert.Equal(expected.FindOriginal(hash), actual.FindOriginal(hash));
        }
    }

    private static List<string> Derived(Job job) => [.. OpenByDevice.Read(job.Derived)];

    private static List<Media> All(Job job) => [.. job.Order.Select(id => job.Find(id)!)];
}

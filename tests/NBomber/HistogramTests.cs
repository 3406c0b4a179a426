using NBomber.Engine;

namespace NBomberStandIn.Tests;

public sealed class HistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1_000)]
    [InlineData(12_345_678)]
    [InlineData(36_000_000_000)] // an hour
    [InlineData(8_640_000_000_000)] // ten days
    public void A_duration_is_at_most_1_percent_off(long ticks)
    {
        var histogram = new Histogram();
        histogram.Add(TimeSpan.FromTicks(ticks));

        Assert.InRange(histogram.Percentile(1).Ticks, ticks * 0.99, ticks * 1.01);
    }

    [Fact]
    public void Percentiles_are_those_of_the_durations()
    {
        var random = new Random(1);
        var durations = Enumerable.Range(0, 100_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20)).ToArray();
        var histogram = new Histogram();
        foreach (var duration in durations)
            histogram.Add(TimeSpan.FromTicks(duration));
        Array.Sort(durations);

        foreach (var share in new[] { 0.01, 0.5, 0.95, 0.99, 0.999, 1 })
        {
            var exact = durations[(int)Math.Ceiling(share * durations.Length) - 1];
            Assert.InRange(histogram.Percentile(share).Ticks, exact * 0.99, exact * 1.01);
        }
    }

    [Fact]
    public void A_difference_has_what_came_since()
    {
        var histogram = new Histogram();
        histogram.Add(TimeSpan.FromSeconds(1));
        var earlier = histogram.Copy();
        histogram.Add(TimeSpan.FromTicks(5));

        var since = histogram.Since(earlier);

        Assert.Equal((2, 1, 1), (histogram.Count, earlier.Count, since.Count));
        Assert.Equal(5, since.Percentile(0.5).Ticks);
    }

    [Fact]
    public void Nothing_took_no_time() => Assert.Equal(TimeSpan.Zero, new Histogram().Percentile(0.99));
}

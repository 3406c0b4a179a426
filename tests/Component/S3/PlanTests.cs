using OrleansIngest.Grains.Ports;
using OrleansIngest.Storage.S3.Buckets;
using OrleansIngest.Storage.S3.Incoming;

namespace OrleansIngest.Component.Tests.S3;

/// <summary>What is decided without a server: sizes, names, plans.</summary>
public sealed class PlanTests
{
    private const long MiB = 1 << 20;

    /// <summary>Whether numbers are wasted or not: one in <paramref name="waste"/> is.</summary>
    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(4)]
    [InlineData(3)]
    public void The_largest_blob_fits_into_10_000_parts(int waste)
    {
        var (offset, used) = (0L, 0);
        for (var part = 1; offset < S3Limits.LargestBlob; part++)
        {
            var size = PartSizes.Of(offset, used);
            Assert.InRange(size, PartSizes.Smallest, 64 * MiB);
            offset += size;
            used += part % waste == 0 ? 2 : 1;
        }
        Assert.InRange(used, 1, PartSizes.MaxNumber);
    }

    [Fact]
    public void A_plan_has_every_byte_once_and_no_part_is_too_small()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var objects = Enumerable.Range(0, random.Next(1, 12))
                .Select(i => new ObjectRange($"{i}", 0, random.NextInt64(1, (i % 2 == 0 ? 600 : 4) * MiB)))
                .ToList();

            var plan = JoinPlan.Of(objects);

            Assert.All(plan.SkipLast(1), part => Assert.InRange(Length(part), PartSizes.Smallest, JoinPlan.Copied));
            var ends = objects.ToDictionary(one => one.Key, _ => 0L);
            var order = new List<string>();
            foreach (var range in plan.SelectMany(part => part))
            {
                Assert.Equal(ends[range.Key], range.Offset);
                ends[range.Key] += range.Length;
                order.Add(range.Key);
            }
            Assert.Equal(objects.Select(one => (one.Key, one.Length)), ends.Select(one => (one.Key, one.Value)));
            Assert.Equal(objects.Select(one => one.Key), order.Distinct());
        }
    }

    [Fact]
    public void Keys_are_the_store_s_own_and_no_others()
    {
        var (keys, blob) = (new BlobKeys("in/"), Guid.NewGuid());
        var key = keys.Of(blob);

        Assert.Equal($"in/{$"{blob:N}"[^2..]}/{blob:N}", key);
        Assert.Equal(blob, keys.BlobOf(key));
        Assert.Equal(blob, keys.BlobOf(keys.Of(blob, new Tail(3, 0, 17))));
        Assert.Equal(blob, keys.BlobOf(keys.RangesOf(blob)));
        foreach (var other in new[]
        {
            "", "in/", key[3..], $"{key}.range", $"{key}.",
            $"{key}.1.2", $"{key}.1.2.x", $"{key}.1.2.3.4", $"{key}.-1.2.3",
            $"{key}x", $"in/zz/{blob:N}", $"x{key}", key.ToUpperInvariant(),
        })
            Assert.Null(keys.BlobOf(other));
    }

    [Fact]
    public void A_part_names_the_tails_that_it_contains()
    {
        var tails = new[] { new BlobPiece(1, 0, 0, 5, "a"), new BlobPiece(2, 0, 5, 6, "b") };
        var part = new BlobPiece(2, 1, 0, 100, PieceTag.Of("etag", tails));

        Assert.Equal("etag", PieceTag.ETag(part));
        Assert.Equal([new Tail(1, 0, 5), new Tail(2, 5, 6)], PieceTag.Tails(part));
        Assert.Empty(PieceTag.Tails(tails[0]));
    }

    private static long Length(IReadOnlyList<ObjectRange> part) => part.Sum(range => range.Length);
}

using System.Numerics;

namespace NBomber.Engine;

/// <summary>
/// Counts durations by size. Its memory is fixed, and its percentiles are at most 1 % off.
/// </summary>
internal sealed class Histogram
{
    private const int Precision = 7; // 128 counts for each power of two; the error is half of 1/128
    private const int Powers = 48; // 100 ns << 48 is 325 days
    private const long Longest = (1L << Powers) - 1;

    private readonly long[] _counts;

    public Histogram()
        : this(new long[(Powers - Precision + 1) << Precision])
    {
    }

    private Histogram(long[] counts) => _counts = counts;

    public long Count => _counts.Sum();

    /// <summary>Adds a duration. Any thread may call it.</summary>
    public void Add(TimeSpan duration) =>
        Interlocked.Increment(ref _counts[IndexOf(Math.Clamp(duration.Ticks, 0, Longest))]);

    /// <summary>A copy that does not change any more.</summary>
    public Histogram Copy() => new([.. _counts]);

    /// <summary>The durations since an earlier copy.</summary>
    public Histogram Since(Histogram earlier) => new([.. _counts.Zip(earlier._counts, (now, then) => now - then)]);

    /// <summary>The percentile of a share, 0 to 1; zero if there are no durations.</summary>
    public TimeSpan Percentile(double share)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        var index = 0;
        for (long seen = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return MiddleOf(index);
        }
        return TimeSpan.Zero;
    }

    private static int IndexOf(long ticks)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)ticks | 1) - Precision);
        return (shift << Precision) + (int)(ticks >> shift);
    }

    private static TimeSpan MiddleOf(int index)
    {
        var shift = Math.Max(0, (index >> Precision) - 1);
        var first = (long)(index - (shift << Precision)) << shift;
        return TimeSpan.FromTicks(first + ((1L << shift) / 2));
    }
}

using System.Collections.Concurrent;
using NBomber.Contracts;
using NBomber.Contracts.Stats;

namespace NBomber.Engine;

/// <summary>
/// The measurements of all successes, or of all failures, of a scenario or a step.
/// </summary>
internal sealed class Measurements(bool areErrors)
{
    private readonly ConcurrentDictionary<string, StatusCode> _codes = new();
    private long _bytes;
    private long _ticks;
    private long _shortest = long.MaxValue;
    private long _longest;

    public Histogram Latency { get; } = new();

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(IResponse response, TimeSpan measured)
    {
        var latency = response.CustomLatencyMs > 0 ? TimeSpan.FromMilliseconds(response.CustomLatencyMs) : measured;
        Latency.Add(latency);
        AddBytes(response);
        Interlocked.Add(ref _ticks, latency.Ticks);
        Lower(ref _shortest, latency.Ticks);
        Raise(ref _longest, latency.Ticks);
        _codes.GetOrAdd(response.StatusCode, static (_, message) => new(message), response.Message).Count();
    }

    public void AddBytes(IResponse response) => Interlocked.Add(ref _bytes, response.SizeBytes);

    public MeasurementStats Stats(TimeSpan duration)
    {
        var latency = Latency.Copy();
        var count = (int)latency.Count;
        return new(
            new(count, count / duration.TotalSeconds),
            count == 0 ? new(0, 0, 0, 0, 0, 0, 0) : Stats(latency),
            new(Bytes),
            [
                .. _codes.OrderBy(code => code.Key, StringComparer.Ordinal)
                    .Select(code => new StatusCodeStats(code.Key, areErrors, code.Value.Message, code.Value.Times)),
            ]);
    }

    private LatencyStats Stats(Histogram latency)
    {
        return new(
            Milliseconds(_shortest), Milliseconds(_ticks) / latency.Count, Milliseconds(_longest),
            Percent(0.50), Percent(0.75), Percent(0.95), Percent(0.99));

        // The middle of a group of durations can be longer than the longest of them.
        double Percent(double share) => Milliseconds(Math.Clamp(latency.Percentile(share).Ticks, _shortest, _longest));
    }

    private static double Milliseconds(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;

    private static void Lower(ref long place, long value)
    {
        for (var seen = Interlocked.Read(ref place); value < seen; seen = Interlocked.Read(ref place))
            Interlocked.CompareExchange(ref place, value, seen);
    }

    private static void Raise(ref long place, long value)
    {
        for (var seen = Interlocked.Read(ref place); value > seen; seen = Interlocked.Read(ref place))
            Interlocked.CompareExchange(ref place, value, seen);
    }

    private sealed class StatusCode(string message)
    {
        private int _times;

        public string Message => message;

        public int Times => _times;

        public void Count() => Interlocked.Increment(ref _times);
    }
}

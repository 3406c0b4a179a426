using NBomber.Contracts;

namespace NBomber.Engine;

/// <summary>The measurements of one interval of the run.</summary>
/// <param name="At">The end of the interval.</param>
/// <param name="OkPerSecond">Successes per second.</param>
/// <param name="FailPerSecond">Failures per second.</param>
/// <param name="BytesPerSecond">Transferred bytes per second of both.</param>
/// <param name="Median">The median latency of the successes.</param>
/// <param name="Percent99">The 99th percentile of their latencies.</param>
internal sealed record Sample(
    TimeSpan At, double OkPerSecond, double FailPerSecond, double BytesPerSecond, TimeSpan Median, TimeSpan Percent99);

/// <summary>
/// The measurements of a scenario's iterations, or of a step, as a whole and over time.
/// </summary>
internal sealed class Outcomes
{
    private readonly List<Sample> _course = [];
    private TimeSpan _last;
    private Histogram _ok = new();
    private long _failed;
    private long _bytes;

    public Measurements Ok { get; } = new(areErrors: false);

    public Measurements Fail { get; } = new(areErrors: true);

    public IReadOnlyList<Sample> Course => _course;

    public void Add(IResponse response, TimeSpan latency) => Of(response).Add(response, latency);

    public void AddBytes(IResponse response) => Of(response).AddBytes(response);

    /// <summary>Ends an interval.</summary>
    public void Sample(TimeSpan at)
    {
        var (ok, failed) = (Ok.Latency.Copy(), Fail.Latency.Count);
        var (bytes, seconds) = (Ok.Bytes + Fail.Bytes, (at - _last).TotalSeconds);
        var interval = ok.Since(_ok);
        _course.Add(new(
            at, interval.Count / seconds, (failed - _failed) / seconds, (bytes - _bytes) / seconds,
            interval.Percentile(0.50), interval.Percentile(0.99)));
        (_last, _ok, _failed, _bytes) = (at, ok, failed, bytes);
    }

    private Measurements Of(IResponse response) => response.IsError ? Fail : Ok;
}

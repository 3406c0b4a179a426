using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains;

/// <summary>
/// Something that takes its time: an entry in a histogram and, if it is worth one, a span. If nobody listens, no clock is read and
/// nothing is made.
/// </summary>
/// <param name="durations">Where its time goes.</param>
/// <param name="span">Its span, which ends with it.</param>
public readonly struct Step(Histogram<double> durations, Activity? span = null) : IDisposable
{
    private readonly long _start = durations.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Ends it, with an attribute that tells how.</summary>
    public void End(string key, string value)
    {
        if (_start != 0)
            durations.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, KeyValuePair.Create<string, object?>(key, value));
        if (key == Telemetry.ErrorType)
            span?.SetStatus(ActivityStatusCode.Error);
        span?.SetTag(key, value).Dispose();
    }

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        if (_start != 0)
            durations.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds);
        span?.Dispose();
    }
}

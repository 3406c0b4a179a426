using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansIngest.Grains;

/// <summary>
/// Measures one operation: an entry of a histogram and, optionally, a span. If neither is listened
/// to, it reads no clock and allocates nothing.
/// </summary>
/// <param name="durations">The histogram for the duration, in seconds.</param>
/// <param name="span">The span of the operation; this ends it.</param>
public readonly struct Step(Histogram<double> durations, Activity? span = null) : IDisposable
{
    private readonly long _start = durations.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>
    /// Ends the operation with an attribute for its outcome. <see cref="Telemetry.ErrorType"/>
    /// marks the span as failed.
    /// </summary>
    public void End(string key, string value)
    {
        if (_start != 0)
        {
            var attribute = KeyValuePair.Create<string, object?>(key, value);
            durations.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, attribute);
        }
        if (key == Telemetry.ErrorType)
            span?.SetStatus(ActivityStatusCode.Error);
        span?.SetTag(key, value).Dispose();
    }

    /// <summary>Ends the operation without an attribute.</summary>
    public void Dispose()
    {
        if (_start != 0)
            durations.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds);
        span?.Dispose();
    }
}

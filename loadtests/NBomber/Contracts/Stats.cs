using NBomber.Contracts.Metrics;

namespace NBomber.Contracts.Stats;

/// <summary>A format of reports.</summary>
public enum ReportFormat
{
    /// <summary>The text of the console, as a file.</summary>
    Txt = 0,

    /// <summary>A page with charts.</summary>
    Html = 1,
}

/// <summary>The number of requests.</summary>
/// <param name="Count">The number.</param>
/// <param name="RPS">The number per second.</param>
public sealed record RequestStats(int Count, double RPS);

/// <summary>Latencies in milliseconds, at most 1 % off.</summary>
/// <param name="MinMs">The shortest.</param>
/// <param name="MeanMs">The mean.</param>
/// <param name="MaxMs">The longest.</param>
/// <param name="Percent50">The median.</param>
/// <param name="Percent75">The 75th percentile.</param>
/// <param name="Percent95">The 95th percentile.</param>
/// <param name="Percent99">The 99th percentile.</param>
public sealed record LatencyStats(
    double MinMs, double MeanMs, double MaxMs, double Percent50, double Percent75, double Percent95, double Percent99);

/// <summary>The transferred bytes.</summary>
/// <param name="AllBytes">The number of bytes.</param>
public sealed record DataTransferStats(long AllBytes);

/// <summary>The number of responses with a status code.</summary>
/// <param name="StatusCode">
/// The status code of the response; -100 for a cancellation, -101 for an exception.
/// </param>
/// <param name="IsError">Whether the responses are failures.</param>
/// <param name="Message">The message of the first such response.</param>
/// <param name="Count">The number of responses.</param>
public sealed record StatusCodeStats(string StatusCode, bool IsError, string Message, int Count);

/// <summary>The measurements of all successes, or of all failures.</summary>
/// <param name="Request">The number of requests.</param>
/// <param name="Latency">The latencies.</param>
/// <param name="DataTransfer">The transferred bytes.</param>
/// <param name="StatusCodes">The status codes.</param>
public sealed record MeasurementStats(
    RequestStats Request, LatencyStats Latency, DataTransferStats DataTransfer, StatusCodeStats[] StatusCodes);

/// <summary>The measurements of a step.</summary>
/// <param name="StepName">The name.</param>
/// <param name="Ok">The successes.</param>
/// <param name="Fail">The failures.</param>
public sealed record StepStats(string StepName, MeasurementStats Ok, MeasurementStats Fail);

/// <summary>The measurements of a scenario.</summary>
/// <param name="ScenarioName">The name.</param>
/// <param name="Ok">The iterations that succeeded.</param>
/// <param name="Fail">The iterations that failed.</param>
/// <param name="StepStats">The steps, in the order in which they first ended.</param>
/// <param name="Duration">The duration.</param>
public sealed record ScenarioStats(
    string ScenarioName, MeasurementStats Ok, MeasurementStats Fail, StepStats[] StepStats, TimeSpan Duration);

/// <summary>The result of a threshold.</summary>
/// <param name="ScenarioName">The scenario of the threshold.</param>
/// <param name="StepName">
/// The step that it is about; empty if it is about the scenario or its metrics.
/// </param>
/// <param name="CheckExpression">The condition.</param>
/// <param name="ExceptionMsg">Why the condition could not be checked; empty if it could.</param>
/// <param name="IsFailed">Whether the condition was not met.</param>
public sealed record ThresholdResult(
    string ScenarioName, string StepName, string CheckExpression, string ExceptionMsg, bool IsFailed);

/// <summary>A report that was written.</summary>
/// <param name="FilePath">The path.</param>
/// <param name="ReportFormat">The format.</param>
public sealed record ReportFile(string FilePath, ReportFormat ReportFormat);

/// <summary>The whole run.</summary>
/// <param name="ScenarioStats">The scenarios.</param>
/// <param name="Metrics">The metrics.</param>
/// <param name="Thresholds">The results of the thresholds.</param>
/// <param name="Duration">The duration.</param>
/// <param name="ReportFiles">The written reports.</param>
public sealed record NodeStats(
    ScenarioStats[] ScenarioStats, MetricStats Metrics, ThresholdResult[] Thresholds, TimeSpan Duration,
    ReportFile[] ReportFiles);
